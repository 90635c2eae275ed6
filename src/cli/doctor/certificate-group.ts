import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import path from "node:path";
import type { Config } from "../../config.js";
import { DAY_MS } from "../../verification/durations.js";
import { CERTIFICATE_FINDINGS } from "./certificate-findings.js";
import { type FoundIn, group } from "./finding.js";

type Seen = FoundIn<typeof CERTIFICATE_FINDINGS>;

const NEAR_MS = 21 * DAY_MS;
/** The self-signed one is made anew by a start within this time of its end. */
const RENEWED_MS = 30 * DAY_MS;

/** The certificate of API and console: its end, its key, the names that are in it. */
export const certificateGroup = group(
  { ja: "証明書", en: "Certificate" },
  CERTIFICATE_FINDINGS,
  async ({ config, dataDir, now, standing }) => {
    if (config === null) return [];
    const own = config.tlsCert === undefined;
    const certFile = config.tlsCert ?? path.join(dataDir, "tls", "cert.pem");
    const keyFile = config.tlsKey ?? path.join(dataDir, "tls", "key.pem");
    const certificate = await readCertificate(certFile);
    if (certificate instanceof Error) {
      // A first start makes one of its own.
      return own ? [] : [{ id: "certificate-unreadable", seen: `HONNIN_TLS_CERT: ${certificate.message}` }];
    }
    const key = await readKey(keyFile);
    if (key instanceof Error) {
      return own ? [] : [{ id: "certificate-unreadable", seen: `HONNIN_TLS_KEY: ${key.message}` }];
    }
    return [
      ...(certificate.checkPrivateKey(key)
        ? []
        : [{ id: "certificate-of-another-key", seen: `${certFile}, ${keyFile}` } as const]),
      ...ends(certificate, certFile, { now, madeAnew: own && standing === null }),
      ...names(certificate, config),
    ];
  },
);

async function readCertificate(file: string): Promise<X509Certificate | Error> {
  try {
    return new X509Certificate(await readFile(file));
  } catch (error) {
    return error as Error;
  }
}

async function readKey(file: string): Promise<KeyObject | Error> {
  try {
    return createPrivateKey(await readFile(file));
  } catch (error) {
    return error as Error;
  }
}

function ends(
  { validFrom, validTo }: X509Certificate,
  file: string,
  { now, madeAnew }: { readonly now: number; readonly madeAnew: boolean },
): Seen[] {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const seen = `${file}: ${new Date(from).toISOString()} – ${new Date(to).toISOString()}`;
  if (from > now) return [{ id: "certificate-not-yet", seen }];
  // A start renews it by itself.
  if (madeAnew && to - now < RENEWED_MS) return [];
  if (to <= now) return [{ id: "certificate-ended", seen }];
  return to - now < NEAR_MS ? [{ id: "certificate-ends", seen }] : [];
}

/** Names by which others reach us, as far as the settings tell; loopback is trusted by its very certificate. */
function names(certificate: X509Certificate, { apiHost, consoleUrl }: Config): Seen[] {
  const asked = [apiHost, ...(consoleUrl === undefined ? [] : [new URL(consoleUrl).hostname])].map((host) =>
    host.replace(/^\[(.*)\]$/, "$1"),
  );
  return asked
    .filter((host) => !/^(?:127\.|0\.0\.0\.0$|localhost$)/.test(host) && !/^[0:]+1?$/.test(host))
    .filter(
      (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined,
    )
    .map((host) => ({
      id: "certificate-of-another-name",
      seen: `${host}: ${certificate.subjectAltName ?? "-"}`,
    }));
}
