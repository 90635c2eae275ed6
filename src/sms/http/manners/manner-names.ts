/** The kinds of gateway that are known, each in a file of its name. */
export const MANNER_NAMES = ["custom", "twilio", "vonage", "infobip", "karaden"] as const;
export type MannerName = (typeof MANNER_NAMES)[number];

/** By whose host a kind is told where nothing is said. */
const HOSTS: readonly (readonly [RegExp, MannerName])[] = [
  [/(^|\.)twilio\.com$/, "twilio"],
  [/(^|\.)nexmo\.com$/, "vonage"],
  [/(^|\.)infobip\.com$/, "infobip"],
  [/(^|\.)karaden\.jp$/, "karaden"],
];

export function mannerNameOf({
  url,
  manner,
}: {
  readonly url: string;
  readonly manner?: MannerName | undefined;
}): MannerName {
  if (manner !== undefined) return manner;
  const host = /^https?:\/\/([^/:?#]+)/.exec(url)?.[1]?.toLowerCase() ?? "";
  return HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? "custom";
}
