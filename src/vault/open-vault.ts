import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { hasErrorCode } from "../error-code.js";
import { makePrivateFile } from "../private-file.js";
import { keyFileOf, readKeyFile } from "./key-file.js";
import { KEY_BYTES, type Vault, VaultError } from "./vault.js";

/**
 * Opens the vault of a data directory; makes its key file (mode 0600) on first start.
 *
 * @param databaseExists with a database and no key file we stop: a new key would orphan all of it.
 * @param keyFile undefined: the one of the data directory.
 * @throws {VaultError}
 */
export function openVault(dataDir: string, databaseExists: boolean, keyFile?: string): Vault {
  return openOrMakeVault(keyFileOf({ dataDir, keyFile }), databaseExists).vault;
}

/** The same, with whether the key is one that was made this moment: nothing is under it yet. */
export function openOrMakeVault(
  file: string,
  databaseExists: boolean,
): { readonly vault: Vault; readonly isNew: boolean } {
  try {
    return { vault: readVault(file), isNew: false };
  } catch (error) {
    if (error instanceof VaultError) throw new VaultError(`${file}: ${error.message}`);
    if (!hasErrorCode(error, "ENOENT")) throw error;
  }
  if (databaseExists) {
    throw new VaultError(
      `${file} is missing but a database exists: bring the key file over from another node, or restore it from its backup`,
    );
  }
  makePrivateFile(file, `${randomBytes(KEY_BYTES).toString("base64")}\n`);
  return { vault: readVault(file), isNew: true };
}

/** It is read again when it was changed: a rotation beside a running service puts another in its place. */
function readVault(file: string): Vault {
  let read = versionOf(file);
  const vault = readKeyFile(readFileSync(file, "utf8"));
  vault.readAgainBy(() => {
    const now = versionOf(file);
    if (now === read) return null;
    const again = readKeyFile(readFileSync(file, "utf8"));
    read = now;
    return again;
  });
  return vault;
}

/** Another file, or the same file written anew, has another one. */
function versionOf(file: string): string {
  const { ino, mtimeNs, size } = statSync(file, { bigint: true });
  return `${String(ino)}/${String(mtimeNs)}/${String(size)}`;
}
