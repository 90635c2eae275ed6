import { X509Certificate } from "node:crypto";
import type { TlsPair } from "../http/tls.js";

/** When a certificate runs out, epoch milliseconds. */
export function certificateEndOf({ cert }: Pick<TlsPair, "cert">): number {
  return Date.parse(new X509Certificate(cert).validTo);
}
