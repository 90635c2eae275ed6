import { readFileSync } from "node:fs";
import { ConfigError } from "../../config-error.js";
import { errorCode } from "../../error-code.js";
import type { Gateway } from "../gateway.js";

/**
 * Authorities by which a gateway's certificate is judged, PEM; undefined: those of the system.
 *
 * @throws {ConfigError} where they cannot be read.
 */
export function authoritiesOf({ name, tlsCa }: Pick<Gateway, "name" | "tlsCa">): string | undefined {
  if (tlsCa === undefined) return undefined;
  try {
    return readFileSync(tlsCa, "utf8");
  } catch (error) {
    throw new ConfigError([
      `sms (${name}): tls_ca: cannot read ${tlsCa} (${errorCode(error) ?? "unreadable"})`,
    ]);
  }
}
