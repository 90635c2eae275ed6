import { isIP } from "node:net";
import type { Trunk } from "./trunk.js";
import { readTrunkUri } from "./trunk-uri.js";

/** By which of the two a trunk is spoken to: as the address that SIP goes to, or as was said of a name. */
export function ipVersionOf({
  uri,
  outboundProxy,
  ipVersion,
}: Pick<Trunk, "uri" | "outboundProxy" | "ipVersion">): "4" | "6" {
  const family = isIP(readTrunkUri(outboundProxy ?? uri)?.host ?? "");
  if (family !== 0) return family === 6 ? "6" : "4";
  return ipVersion ?? "4";
}
