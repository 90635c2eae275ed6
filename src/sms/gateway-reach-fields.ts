import { z } from "zod";
import { number, text, whole } from "../setting.js";
import { isTrunkName } from "../trunks/trunk-name.js";
import { NUMBER_FORMATS } from "../trunks/number-format.js";
import { field, PREFIXES, prefixes } from "./gateway-field.js";
import { readGatewayUrl } from "./gateway-url.js";

/** Where a gateway is, who we are to it, and which messages it gets. */
export const GATEWAY_REACH_FIELDS = {
  name: field(
    z.string().refine(isTrunkName),
    "up to 32 of a-z, 0-9 and single hyphens, beginning with a letter",
    "what the gateway is called in attempts, in the log and in the path of its reports",
  ),
  url: field(
    z.string().refine((url) => readGatewayUrl(url) !== null),
    "smpp://HOST:PORT, smpps://HOST:PORT or an https URL, without user and password",
    "where messages are handed over; http only to this machine; {username} and {sender} are filled in",
  ),
  username: field(text, "text", "system_id of SMPP, account or key of HTTP"),
  password: field(text, "text", "its password or token", { secret: true }),
  passwordFile: field(text, "a file", "a file with nothing but the password, in place of `password`"),
  tlsCa: field(text, "a PEM file", "authorities by which its certificate is judged", {
    unset: "those of the system",
  }),
  answerSeconds: field(
    number(10, 0.2, 60),
    "0.2 to 60",
    "wait for an answer; then whether the message went is unknown, and it is not sent again",
  ),
  order: field(whole(1, 1, 1000), "1 to 1000", "which gateway is tried first: the least"),
  prefixes: field(prefixes, PREFIXES, "numbers that it takes", { unset: "all" }),
  maxPerSecond: field(number(10, 0.1, 1000), "0.1 to 1000", "messages a second, each part counted"),
  numberFormat: field(
    z.enum(NUMBER_FORMATS).optional(),
    "national, e164 or e164_without_plus",
    "how the number is written: 09012345678, +819012345678 or 819012345678",
    { unset: "as `manner` has it; SMPP: e164_without_plus" },
  ),
  sender: field(
    z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/)
      .optional(),
    "up to 64 printable characters of ASCII",
    "the sender that is shown, as it was agreed with the gateway",
    { unset: "the gateway's own" },
  ),
  alphabet: field(
    z.enum(["auto", "ucs2"]).default("auto"),
    "auto or ucs2",
    "auto: GSM 7 bit for texts that fit it, else UCS-2; ucs2: always that",
  ),
} as const;
