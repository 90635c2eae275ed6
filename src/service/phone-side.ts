import type { PhoneParts } from "../console/phone/phone-parts.js";
import { parsePhoneNumber } from "../verification/phone-number.js";
import type { AsteriskLink } from "./asterisk-link.js";
import type { ServiceSettings } from "./service-settings.js";
import type { TelephoneSide } from "./telephone-side.js";

/** What telephones in browsers need; undefined where there are no test telephones, or another Asterisk than the bundled. */
export function phoneSide(
  { routes, didSpellings, sip, console: { host, url, demo } }: ServiceSettings,
  { bundled }: AsteriskLink,
  { inBrowser }: TelephoneSide,
): PhoneParts | undefined {
  if (bundled === null) return undefined;
  const { phoneSocket: socket } = bundled;
  if (socket === null) return undefined;
  return {
    accounts: bundled.testPhones,
    numbers: [...routes.testPhones].map(([number, extension]) => ({ number: asWritten(number), extension })),
    dids: didSpellings,
    sip: { host: sip.host, port: bundled.sipPort },
    socket,
    inBrowser,
    // A proxy before it would make everybody somebody at this machine, and not every proxy says that it is there: never
    // where nobody has asked for a demonstration.
    openHere:
      demo && url === undefined && (host === "localhost" || host === "::1" || host.startsWith("127.")),
  };
}

function asWritten(number: string): string {
  const parsed = parsePhoneNumber(number);
  return parsed.ok && parsed.number.country === "JP" ? parsed.number.national : number;
}
