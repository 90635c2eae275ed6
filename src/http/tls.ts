import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "selfsigned";
import { ConfigError } from "../config-error.js";
import { DAY_MS, HOUR_MS } from "../verification/durations.js";

export interface TlsPair {
  /** PEM. */
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Where the certificate is, so that a client can be told to trust it. */
  readonly certFile: string;
}

const YEAR_MS = 365.25 * DAY_MS;
/** Apple and others refuse certificates that last longer than 825 days. */
const LIFE_MS = 2 * YEAR_MS;

/**
 * The configured pair, or a self-signed one for loopback, made on first start and anew when it is
 * about to run out.
 *
 * @throws {ConfigError} when a configured file cannot be read or only one of the two is set.
 */
export async function loadTlsPair(
  dataDir: string,
  certFile: string | undefined,
  keyFile: string | undefined,
  now: number,
): Promise<TlsPair> {
  if (certFile !== undefined && keyFile !== undefined) {
    return { cert: read("HONNIN_TLS_CERT", certFile), key: read("HONNIN_TLS_KEY", keyFile), certFile };
  }
  if (certFile !== undefined || keyFile !== undefined) {
    throw new ConfigError(["HONNIN_TLS_CERT, HONNIN_TLS_KEY: expected both or neither"]);
  }
  const own = { cert: path.join(dataDir, "tls", "cert.pem"), key: path.join(dataDir, "tls", "key.pem") };
  if (!existsSync(own.key) || !stillGood(own.cert, now)) await makeSelfSigned(own.cert, own.key, now);
  return { cert: readFileSync(own.cert), key: readFileSync(own.key), certFile: own.cert };
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError([`${setting}: got ${JSON.stringify(file)}, ${(error as Error).message}`]);
  }
}

function stillGood(certFile: string, now: number): boolean {
  if (!existsSync(certFile)) return false;
  const margin = 30 * DAY_MS;
  return Date.parse(new X509Certificate(readFileSync(certFile)).validTo) > now + margin;
}

async function makeSelfSigned(certFile: string, keyFile: string, now: number): Promise<void> {
  mkdirSync(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  const pair = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now - HOUR_MS),
    notAfterDate: new Date(now + LIFE_MS),
    extensions: [
      { name: "basicConstraints", cA: false },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  writeFileSync(keyFile, pair.private, { mode: 0o600 });
  writeFileSync(certFile, pair.cert, { mode: 0o644 });
}
