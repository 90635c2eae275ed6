import { Decrypter, Encrypter } from "age-encryption";
import { BackupError } from "./backup-error.js";

/** How a backup is encrypted; decision 0026. */
export type Encryption =
  | {
      readonly passphrase: string;
      /** Base-2 logarithm of scrypt's N; default 18, as `age` has it: some seconds, and 256 MB. */
      readonly workFactor?: number;
    }
  | { readonly recipients: readonly string[] };

/** How it is opened again. */
export type Opening = { readonly passphrase: string } | { readonly identities: readonly string[] };

/** How a file of the age format begins. */
export const AGE_MAGIC = "age-encryption.org/v1\n";

/**
 * Of the age format (https://age-encryption.org/v1), so that the program `age` opens it too.
 *
 * @throws {RangeError} for what is no recipient.
 */
export async function encrypted(
  plain: ReadableStream<Uint8Array>,
  how: Encryption,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  if ("passphrase" in how) {
    encrypter.setPassphrase(how.passphrase);
    if (how.workFactor !== undefined) encrypter.setScryptWorkFactor(how.workFactor);
  } else {
    for (const recipient of how.recipients) {
      try {
        encrypter.addRecipient(recipient);
      } catch {
        throw new RangeError(`${recipient} is no recipient of age`);
      }
    }
  }
  return encrypter.encrypt(plain);
}

/**
 * The stream fails where the file was altered or cut off.
 *
 * @throws {BackupError} `wrong_passphrase`, `backup_damaged`
 * @throws {RangeError} for what is no identity.
 */
export async function decrypted(
  sealed: ReadableStream<Uint8Array>,
  how: Opening,
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new Decrypter();
  if ("passphrase" in how) decrypter.addPassphrase(how.passphrase);
  else {
    for (const identity of how.identities) {
      try {
        decrypter.addIdentity(identity);
      } catch {
        throw new RangeError("the file has a line that is no identity of age");
      }
    }
  }
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    // The package has no other way to tell them apart.
    if (error instanceof Error && error.message.startsWith("no identity matched")) {
      throw new BackupError(
        "wrong_passphrase",
        "passphrase" in how
          ? "the passphrase is not the one that the backup was encrypted with"
          : "the backup was not encrypted for this identity",
      );
    }
    throw new BackupError("backup_damaged", "the head of the encrypted backup was altered or cut off");
  }
}
