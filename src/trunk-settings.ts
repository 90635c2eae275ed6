import { isIPv4 } from "node:net";
import { z } from "zod";
import { flag, list, number, secret, setting, text, whole } from "./setting.js";
import { DID_SOURCES, USUAL_DID_SOURCES } from "./verification/called-did.js";

/** A port that there is, and no address such as 127.0.0.300, which would be looked up as a name. */
function namesAHost(sipUri: string): boolean {
  const [, host = "", port = "5060"] = /^sip:([^:;]+)(?::(\d+))?/.exec(sipUri) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535 && (!/^[\d.]+$/.test(host) || isIPv4(host));
}

/** A wider network than any carrier's is a slip of the hand, and 0.0.0.0/0 makes everybody the trunk. */
function isNarrow(network: string): boolean {
  return Number(network.split("/")[1]) >= 16;
}

/** How the trunk is reached, what it sends, and the numbers that we have at it. */
export const TRUNK_SETTINGS = {
  trunkUri: setting(
    "HONNIN_TRUNK_URI",
    z
      .string()
      .regex(/^sip:[A-Za-z0-9.-]+(:\d{1,5})?(;transport=(udp|tcp))?$/)
      .refine(namesAHost)
      .optional(),
    "a SIP URI such as sip:192.0.2.1:5060, with ;transport=tcp for TCP",
    "the carrier or session border controller",
    { unset: "only test phones can be called" },
  ),
  trunkUsername: setting(
    "HONNIN_TRUNK_USERNAME",
    text,
    "text",
    "user at the trunk: of its registration and, unless that has another, of digest authentication",
  ),
  trunkAuthUsername: setting(
    "HONNIN_TRUNK_AUTH_USERNAME",
    text,
    "text",
    "user of digest authentication where it is not that of the registration",
    { unset: "HONNIN_TRUNK_USERNAME" },
  ),
  trunkPassword: setting("HONNIN_TRUNK_PASSWORD", text, "text", "password at the trunk", secret),
  trunkRegister: setting(
    "HONNIN_TRUNK_REGISTER",
    flag.default(false),
    "true or false",
    "register at the trunk",
  ),
  trunkAddresses: setting(
    "HONNIN_TRUNK_ADDRESSES",
    list.pipe(z.array(z.union([z.ipv4(), z.cidrv4().refine(isNarrow)]))),
    "IPv4 addresses and networks of /16 or narrower, comma-separated",
    "where else the trunk's calls come from; whoever sends from there counts as the trunk and is believed",
  ),
  trunkNumberFormat: setting(
    "HONNIN_TRUNK_NUMBER_FORMAT",
    z.enum(["national", "e164"]).default("national"),
    "national or e164",
    "how the trunk wants numbers dialled: 09012345678 or +819012345678",
  ),
  trunkDtmf: setting(
    "HONNIN_TRUNK_DTMF",
    z.enum(["auto", "rfc4733", "inband", "info"]).default("auto"),
    "auto, rfc4733, inband or info",
    "how the trunk sends keys: as telephone events (RFC 4733), tones in the sound or SIP INFO",
  ),
  trunkMaxCalls: setting(
    "HONNIN_TRUNK_MAX_CALLS",
    whole(30, 1, 10_000),
    "1 to 10000",
    "calls at one time, of all nodes together",
  ),
  trunkMaxCps: setting(
    "HONNIN_TRUNK_MAX_CPS",
    number(5, 0.1, 1000),
    "0.1 to 1000",
    "new calls in any second, of all nodes together",
  ),
  callerNumber: setting(
    "HONNIN_CALLER_NUMBER",
    z
      .string()
      .regex(/^\+?\d{1,15}$/)
      .optional(),
    "a telephone number, or the extension that we are at the trunk",
    "the number shown to the called",
  ),
  dids: setting(
    "HONNIN_DIDS",
    list.pipe(z.array(z.string().regex(/^\+?\d{2,15}$/))),
    "telephone numbers, digits only, comma-separated",
    "numbers at which calls arrive",
  ),
  trunkDidFrom: setting(
    "HONNIN_TRUNK_DID_FROM",
    list
      .pipe(z.array(z.enum(DID_SOURCES)))
      .transform((from) => (from.length === 0 ? USUAL_DID_SOURCES : from)),
    `a comma-separated list of ${DID_SOURCES.join(", ")}`,
    "where the trunk puts the DID that was dialled, in order",
  ),
} as const;
