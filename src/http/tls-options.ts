import { constants } from "node:crypto";
import type { TlsOptions } from "node:tls";

/**
 * RFC 9325 section 4: TLS 1.3, and of TLS 1.2 only what agrees on a key anew for each connection (ECDHE) and
 * enciphers with authentication (AEAD). Node's own list goes on with CBC and SHA-1, and with the key that the
 * certificate's own key enciphers: whoever gets hold of that key one day reads all that was ever recorded.
 */
const SUITES = [
  ...["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"],
  ...["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"],
  ...["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"],
  ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
];

/** For every listener of ours that speaks TLS. */
export const TLS_OPTIONS: TlsOptions = {
  minVersion: "TLSv1.2",
  ciphers: SUITES.join(":"),
  // Ours, the strongest first, and not whatever the other side would like best.
  honorCipherOrder: true,
  // Who agrees on keys again and again within one connection costs us ten times what it costs him.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  // Node waits two minutes by default.
  handshakeTimeout: 10_000,
};
