import { type Gateway, GATEWAY_FIELDS } from "./gateway.js";
import { defaultsOf } from "./gateway-field.js";
import { mannerNameOf } from "./http/manners/manner-names.js";

/** The one gateway, called `sms`, that HONNIN_SMS_URL stands for; none without it. */
export function gatewaysOfShortForm(url: string | undefined, sender: string | undefined): Gateway[] {
  if (url === undefined) return [];
  const parsed = new URL(url);
  const [username, password] = [parsed.username, parsed.password].map((part) =>
    part === "" ? undefined : decodeURIComponent(part),
  );
  const given = { name: "sms", url: withoutLogin(url), username, password, sender };
  const auth = username !== undefined && mannerNameOf(given) === "custom" ? { auth: "basic" } : {};
  return [{ ...defaultsOf(GATEWAY_FIELDS), ...given, ...auth } as Gateway];
}

/** The URL as a list has it: placeholders stay, which `URL` would escape. */
export function withoutLogin(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/, "$1");
}
