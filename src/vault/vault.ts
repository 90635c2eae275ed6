import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { type E164, maskNumber } from "../verification/phone-number.js";
import { decipher, encipher } from "./cipher.js";

export const KEY_BYTES = 32;
/** Numbers of calls in progress, deciphered. */
const NUMBERS_KEPT = 2_000;

/** The key file is missing or not what it was when the database was made. */
export class VaultError extends Error {
  readonly code = "vault_unusable";

  constructor(message: string) {
    super(message);
    this.name = "VaultError";
  }
}

/** What a key file says beside its data key. */
export interface OtherKeys {
  /** What came over from an earlier data key, because nobody could make anew what was made with it, or because only the
   * enciphering keys were to change (then `indexKey` too). */
  readonly kept?: { readonly codeKey: Buffer; readonly auditKey: Buffer; readonly indexKey?: Buffer };
  /** The data key before this one, while something is still enciphered with it. */
  readonly former?: Buffer;
}

/** What enciphers, by one data key. */
interface CipherKeys {
  readonly numberKey: Buffer;
  readonly sealKey: Buffer;
  readonly fingerprint: string;
}

/**
 * Everything that needs the key kept outside the database: telephone numbers are enciphered
 * (AES-256-GCM) and found again by a keyed index; codes are hashed with a key of their own.
 * The keys come from one file by HKDF (RFC 5869).
 */
export class Vault {
  #keys: CipherKeys;
  /** Another one by which ciphertexts are opened. */
  #other: CipherKeys | null;
  /** Whether it is the database that says by which key is enciphered, and not the key file. */
  #isTold = false;
  #readAgain: () => Vault | null = () => null;
  readonly #pseudonymKey: Buffer;
  readonly #numbers = new Map<string, E164>();
  readonly codeKey: Buffer;
  /** Chains the lines of the audit trail. */
  readonly auditKey: Buffer;
  /** Finds numbers, and recognises repeated requests. */
  readonly indexKey: Buffer;

  /** For a database that is gone with the process. */
  static passing(): Vault {
    return new Vault(randomBytes(KEY_BYTES));
  }

  constructor(master: Buffer, { kept, former }: OtherKeys = {}) {
    this.#keys = cipherKeys(master);
    this.#other = former === undefined ? null : cipherKeys(former);
    this.codeKey = kept?.codeKey ?? derive(master, "code hash");
    this.auditKey = kept?.auditKey ?? derive(master, "audit");
    this.indexKey = kept?.indexKey ?? derive(master, "number index");
    // Of what is kept: others hold pseudonyms, and compare them with those of years later.
    this.#pseudonymKey = derive(this.auditKey, "number pseudonym");
  }

  /** Tells whether a database belongs to this key file; gives nothing of the key away. */
  get fingerprint(): string {
    return this.#keys.fingerprint;
  }

  /** Of the data key before this one, while its ciphertexts are opened too. */
  get formerFingerprint(): string | null {
    return this.#other?.fingerprint ?? null;
  }

  /** Of all whose ciphertexts are opened; first the one by which is enciphered. */
  get fingerprints(): readonly string[] {
    return [this.#keys.fingerprint, ...(this.#other === null ? [] : [this.#other.fingerprint])];
  }

  /**
   * Enciphers by that one of its keys from now on, whichever the key file names first: nodes on one database change
   * over to another only when all of them can open what is under it.
   *
   * @returns whether it has it.
   */
  encipherBy(fingerprint: string): boolean {
    if (this.#other?.fingerprint === fingerprint) [this.#keys, this.#other] = [this.#other, this.#keys];
    this.#isTold = this.#isTold || this.#keys.fingerprint === fingerprint;
    return this.#keys.fingerprint === fingerprint;
  }

  /** @param read the key file as it is now; null: as it was. Asked where a ciphertext is of no key that is known here. */
  readAgainBy(read: () => Vault | null): void {
    this.#readAgain = read;
  }

  /**
   * Takes up a data key that was made meanwhile: what is enciphered from now on is so with it, unless
   * {@link Vault.encipherBy} has said otherwise.
   *
   * @throws {VaultError} when the key file is gone, not as it was written, or of another installation.
   */
  refresh(): void {
    const now = this.#readAgain();
    const known = this.#isTold ? this.fingerprints : [this.fingerprint];
    if (now === null || known.includes(now.fingerprint)) return;
    const same = (["codeKey", "auditKey", "indexKey"] as const).every((key) => now[key].equals(this[key]));
    if (!same) throw new VaultError("the key file was changed to that of another database");
    if (this.#isTold) {
      this.#other = now.#keys;
      return;
    }
    // What was read or written by this process before is still to be opened.
    this.#other = now.#other ?? this.#keys;
    this.#keys = now.#keys;
  }

  encipherNumber(number: E164): Buffer {
    return this.encipherText(number);
  }

  /** @throws {VaultError} when the ciphertext was altered or made with another key. */
  decipherNumber(sealed: Buffer): E164 {
    // A verification is told of half a dozen times within its minute.
    const key = sealed.toString("latin1");
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#decipher("numberKey", sealed).toString("utf8") as E164;
      if (this.#numbers.size >= NUMBERS_KEPT) this.#numbers.clear();
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** Enciphers what stands in the place of a number. */
  encipherText(text: string): Buffer {
    return encipher(this.#keys.numberKey, Buffer.from(text, "utf8"));
  }

  /**
   * Of an enciphered number its mask, enciphered as a number is: `+81********78`. A mask of a mask is the same.
   *
   * @throws {VaultError}
   */
  maskNumber(sealed: Buffer): Buffer {
    const masked = maskNumber(this.#decipher("numberKey", sealed).toString("utf8"));
    return this.encipherText(masked);
  }

  /**
   * Enciphers what holds personal data or a secret.
   *
   * @param context what it is and whose; a ciphertext moved to another row is not opened there.
   */
  seal(plain: Buffer, context: string): Buffer {
    return encipher(this.#keys.sealKey, plain, context);
  }

  /** @throws {VaultError} when it was altered, sealed for another context or with another key. */
  unseal(sealed: Buffer, context: string): Buffer {
    return this.#decipher("sealKey", sealed, context);
  }

  /** Equal numbers have equal indexes; without the key an index tells nothing. */
  indexNumber(number: E164): Buffer {
    return createHmac("sha256", this.indexKey).update(number).digest();
  }

  /**
   * What stands for a number where others keep it, base64url: the same for one client, another for every other. It
   * outlives a rotation of the data key.
   */
  pseudonymOf(number: E164, clientId: string): string {
    return createHmac("sha256", this.#pseudonymKey).update(`${clientId}\0${number}`).digest("base64url");
  }

  /** A keyed index, as text, for the 10,000 numbers that share all but their last four digits. */
  indexBlock(number: E164): string {
    const block = `block\0${number.slice(0, -4)}`;
    return createHmac("sha256", this.indexKey).update(block).digest("base64url").slice(0, 22);
  }

  /** Keyed hash of a request, to recognise a repetition without keeping what it said. */
  hashRequest(canonical: string): Buffer {
    return createHmac("sha256", this.indexKey).update("request\0").update(canonical).digest();
  }

  #decipher(key: "numberKey" | "sealKey", sealed: Buffer, context?: string): Buffer {
    const opened = this.#opened(key, sealed, context);
    if (opened !== null) return opened;
    const again = this.#isRefreshed() ? this.#opened(key, sealed, context) : null;
    if (again !== null) return again;
    throw new VaultError("a stored secret cannot be deciphered: altered, moved, or another data key");
  }

  /** Strangers hand us ciphertexts too, as places in a list: whatever is wrong with the file, theirs is none of ours. */
  #isRefreshed(): boolean {
    const before = this.fingerprints;
    try {
      this.refresh();
    } catch {
      return false;
    }
    return this.fingerprints.join() !== before.join();
  }

  #opened(key: "numberKey" | "sealKey", sealed: Buffer, context?: string): Buffer | null {
    const own = decipher(this.#keys[key], sealed, context);
    if (own !== null || this.#other === null) return own;
    return decipher(this.#other[key], sealed, context);
  }
}

/** @throws {VaultError} */
function cipherKeys(master: Buffer): CipherKeys {
  if (master.length !== KEY_BYTES) throw new VaultError(`the data key must have ${KEY_BYTES} bytes`);
  return {
    numberKey: derive(master, "number cipher"),
    sealKey: derive(master, "seal"),
    fingerprint: derive(master, "fingerprint").subarray(0, 8).toString("hex"),
  };
}

function derive(master: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", master, Buffer.alloc(0), `honnin ${purpose}`, KEY_BYTES));
}
