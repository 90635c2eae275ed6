import { randomBytes } from "node:crypto";
import { KEY_BYTES, Vault, VaultError } from "./vault.js";

/** What goes before the keys that came over from an earlier data key. */
const KEPT = "kept ";

/**
 * What a key file says: the data key, base64; and, where it was rotated, in a second line the keys that could not be.
 *
 * @throws {VaultError}
 */
export function readKeyFile(text: string): Vault {
  const [master = "", second = ""] = text.trim().split("\n");
  const key = Buffer.from(master, "base64");
  if (second === "") return new Vault(key);
  const kept = Buffer.from(second.startsWith(KEPT) ? second.slice(KEPT.length) : "", "base64");
  if (kept.length !== 2 * KEY_BYTES) throw new VaultError("its second line is not as it was written");
  return new Vault(key, { codeKey: kept.subarray(0, KEY_BYTES), auditKey: kept.subarray(KEY_BYTES) });
}

/** A key file with a new data key, for one and the same database. */
export function newKeyFile(before: Vault): string {
  const kept = Buffer.concat([before.codeKey, before.auditKey]);
  return `${randomBytes(KEY_BYTES).toString("base64")}\n${KEPT}${kept.toString("base64")}\n`;
}
