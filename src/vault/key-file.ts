import { randomBytes } from "node:crypto";
import path from "node:path";
import { takeKernelLock } from "../kernel-lock.js";
import { KEY_BYTES, Vault, VaultError } from "./vault.js";

/** What goes before the keys that came over from an earlier data key: of codes, of the audit trail, of the index. */
const KEPT = "kept ";
/** What goes before the data key that was there before, while something is still enciphered with it. */
const FORMER = "former ";

/**
 * What a key file says: the data key, base64; and, where it was rotated, in lines of their own the keys that were not.
 *
 * @throws {VaultError}
 */
export function readKeyFile(text: string): Vault {
  const [master = "", ...others] = text.trim().split("\n");
  let kept: Buffer | undefined;
  let former: Buffer | undefined;
  for (const line of others) {
    if (line.startsWith(KEPT)) kept = Buffer.from(line.slice(KEPT.length), "base64");
    else if (line.startsWith(FORMER)) former = Buffer.from(line.slice(FORMER.length), "base64");
    else throw new VaultError("a line of it is not as it was written");
  }
  return new Vault(Buffer.from(master, "base64"), {
    ...(kept === undefined ? {} : { kept: keptKeys(kept) }),
    ...(former === undefined ? {} : { former }),
  });
}

function keptKeys(kept: Buffer): { codeKey: Buffer; auditKey: Buffer; indexKey?: Buffer } {
  const keys = [0, 1, 2].map((index) => kept.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES));
  const [codeKey, auditKey, indexKey] = keys;
  if (codeKey === undefined || auditKey === undefined || ![2, 3].includes(kept.length / KEY_BYTES))
    throw new VaultError("the kept keys in it are not as they were written");
  return { codeKey, auditKey, ...(indexKey?.length === KEY_BYTES ? { indexKey } : {}) };
}

/** A key file with a new data key, for one and the same database. All but PINs, codes and the trail is made anew by it. */
export function newKeyFile({ codeKey, auditKey }: Vault): string {
  return `${newKey()}\n${KEPT}${Buffer.concat([codeKey, auditKey]).toString("base64")}\n`;
}

/**
 * A key file by which everything is enciphered with a new data key from now on, and what was enciphered with the one
 * before is opened still. Numbers are found as before.
 *
 * @param before text of the key file.
 */
export function nextKeyFile(before: string): string {
  const { codeKey, auditKey, indexKey } = readKeyFile(before);
  const kept = Buffer.concat([codeKey, auditKey, indexKey]).toString("base64");
  return `${newKey()}\n${KEPT}${kept}\n${FORMER}${before.split("\n")[0]?.trim() ?? ""}\n`;
}

/** The same file when nothing is enciphered with the former key any more. */
export function withoutFormerKey(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith(FORMER))
    .join("\n");
}

/** Where the data key is: the file that the settings name, or the one of the data directory. */
export function keyFileOf({
  dataDir,
  keyFile,
}: {
  readonly dataDir: string;
  readonly keyFile?: string | undefined;
}): string {
  return keyFile ?? path.join(dataDir, "keys", "data.key");
}

/**
 * Taken by whoever changes the key file, or copies it with the database: the two have to fit. The file's folder has to be.
 *
 * @returns the function that gives it back; null when another has it.
 */
export function takeKeyLock(keyFile: string): (() => void) | null {
  return takeKernelLock(`${keyFile}.lock`);
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}
