import { z } from "zod";
import { flag, text, whole, wholeOrUnset } from "../setting.js";
import {
  field,
  HOST_PART,
  hostPart,
  several,
  TRUNK_URI,
  trunkUri,
  USER_PART,
  userPart,
} from "./trunk-field.js";
import { isTrunkName } from "./trunk-name.js";

/** A wider network than any carrier's is a slip of the hand, and 0.0.0.0/0 makes everybody the trunk. */
const narrow4 = z.cidrv4().refine((network) => Number(network.split("/")[1]) >= 16);
const narrow6 = z.cidrv6().refine((network) => Number(network.split("/")[1]) >= 32);

/** How a trunk is called, where it is, and who we are to it. */
export const REACH_FIELDS = {
  name: field(
    z.string().refine(isTrunkName),
    "up to 32 of a-z, 0-9 and single hyphens, beginning with a letter",
    "what the trunk is called in attempts, in the log and in Asterisk",
  ),
  uri: field(trunkUri, TRUNK_URI, "where SIP goes; an IPv6 address in brackets"),
  outboundProxy: field(trunkUri.optional(), TRUNK_URI, "a proxy by which everything goes, told in Route", {
    unset: "straight to `uri`",
  }),
  requestUriHost: field(
    hostPart.optional(),
    HOST_PART,
    "host of the Request-URI where it is not that of `uri`; it need not resolve",
    { unset: "that of `uri`" },
  ),
  ipVersion: field(
    z.enum(["4", "6"]).optional(),
    "4 or 6",
    "IPv4 or IPv6, where `uri` has a name; 6 wants HONNIN_SIP_HOST_V6",
    { unset: "as the address in `uri`, else 4" },
  ),
  username: field(
    text,
    "text",
    "user of the registration and, unless there is another, of digest authentication",
  ),
  authUsername: field(text, "text", "user of digest authentication", { unset: "`username`" }),
  password: field(text, "text", "password of digest authentication", { secret: true }),
  passwordFile: field(text, "a file", "a file with nothing but the password, in place of `password`"),
  register: field(flag.default(false), "true or false", "register there"),
  registerDomain: field(hostPart.optional(), HOST_PART, "domain of the registration; it need not resolve", {
    unset: "`from_domain`, else the host of `uri`",
  }),
  registerSeconds: field(whole(300, 60, 86_400), "60 to 86400", "life of the registration that is asked for"),
  contactUser: field(
    userPart.optional(),
    USER_PART,
    "user of the contact that is registered, where the trunk demands one; no DID",
    { unset: "`username`, or a word where that is a DID" },
  ),
  addresses: field(
    several.pipe(z.array(z.union([z.ipv4(), narrow4, z.ipv6(), narrow6]))).default([]),
    "addresses and networks, of /16 or narrower (IPv6: /32)",
    "where else its calls come from; whoever sends from there counts as the trunk and is believed",
  ),
  qualifySeconds: field(
    wholeOrUnset(10, 3600),
    "10 to 3600",
    "seconds between OPTIONS; while they are not answered, the trunk gets no call",
    { unset: "no OPTIONS" },
  ),
} as const;
