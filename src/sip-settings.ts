import { isIP } from "node:net";
import { z } from "zod";
import { setting, text, whole } from "./setting.js";

/** Where SIP and voice are spoken, and by which certificate. */
export const SIP_SETTINGS = {
  sipHost: setting(
    "HONNIN_SIP_HOST",
    z.ipv4().default("127.0.0.1"),
    "an IPv4 address",
    "where SIP and RTP are bound",
  ),
  sipHostV6: setting(
    "HONNIN_SIP_HOST_V6",
    z
      .ipv6()
      .refine((address) => isIP(address) === 6)
      .optional(),
    "an IPv6 address",
    "where SIP and RTP are bound for trunks by IPv6, on the same port",
    { unset: "no IPv6" },
  ),
  sipPort: setting(
    "HONNIN_SIP_PORT",
    whole(5060, 0, 65535),
    "a port from 0 (any free one) to 65535",
    "port of SIP: UDP, and TCP where the trunk speaks it",
  ),
  sipTlsPort: setting(
    "HONNIN_SIP_TLS_PORT",
    whole(5061, 1, 65535),
    "1 to 65535",
    "port of SIP over TLS, where a trunk speaks it",
  ),
  sipTlsCert: setting(
    "HONNIN_SIP_TLS_CERT",
    text,
    "a PEM file",
    "certificate chain that trunks are shown over TLS; wants HONNIN_SIP_TLS_KEY too",
    { unset: "none: trunks use the connection that we open" },
  ),
  sipTlsKey: setting("HONNIN_SIP_TLS_KEY", text, "a PEM file", "private key of that certificate", {
    unset: "as HONNIN_SIP_TLS_CERT",
  }),
  sipTlsCa: setting(
    "HONNIN_SIP_TLS_CA",
    z.string().min(1).default("/etc/ssl/certs/ca-certificates.crt"),
    "a PEM file",
    "authorities by which the certificates of trunks are judged",
  ),
} as const;
