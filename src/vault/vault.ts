import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  randomFillSync,
} from "node:crypto";
import { type E164, maskNumber } from "../verification/phone-number.js";

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
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

/**
 * Everything that needs the key kept outside the database: telephone numbers are enciphered
 * (AES-256-GCM) and found again by a keyed index; codes are hashed with a key of their own.
 * The keys come from one file by HKDF (RFC 5869).
 */
export class Vault {
  readonly #numberKey: Buffer;
  readonly #indexKey: Buffer;
  readonly #sealKey: Buffer;
  readonly #pseudonymKey: Buffer;
  readonly #numbers = new Map<string, E164>();
  readonly codeKey: Buffer;
  /** Chains the lines of the audit trail. */
  readonly auditKey: Buffer;
  /** Tells whether a database belongs to this key file; gives nothing of the key away. */
  readonly fingerprint: string;

  /** For a database that is gone with the process. */
  static passing(): Vault {
    return new Vault(randomBytes(KEY_BYTES));
  }

  /** @param kept what came over from an earlier data key, because nobody could make anew what was made with it. */
  constructor(master: Buffer, kept?: { readonly codeKey: Buffer; readonly auditKey: Buffer }) {
    if (master.length !== KEY_BYTES) throw new VaultError(`the data key must have ${KEY_BYTES} bytes`);
    const derive = (purpose: string): Buffer => deriveFrom(master, purpose);
    this.#numberKey = derive("number cipher");
    this.#indexKey = derive("number index");
    this.#sealKey = derive("seal");
    this.codeKey = kept?.codeKey ?? derive("code hash");
    this.auditKey = kept?.auditKey ?? derive("audit");
    // Of what is kept: others hold pseudonyms, and compare them with those of years later.
    this.#pseudonymKey = deriveFrom(this.auditKey, "number pseudonym");
    this.fingerprint = derive("fingerprint").subarray(0, 8).toString("hex");
  }

  encipherNumber(number: E164): Buffer {
    return encipher(this.#numberKey, Buffer.from(number, "utf8"));
  }

  /** @throws {VaultError} when the ciphertext was altered or made with another key. */
  decipherNumber(sealed: Buffer): E164 {
    // A verification is told of half a dozen times within its minute.
    const key = sealed.toString("latin1");
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = decipher(this.#numberKey, sealed).toString("utf8") as E164;
      if (this.#numbers.size >= NUMBERS_KEPT) this.#numbers.clear();
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** Enciphers what stands in the place of a number. */
  encipherText(text: string): Buffer {
    return encipher(this.#numberKey, Buffer.from(text, "utf8"));
  }

  /**
   * Of an enciphered number its mask, enciphered as a number is: `+81********78`. A mask of a mask is the same.
   *
   * @throws {VaultError}
   */
  maskNumber(sealed: Buffer): Buffer {
    const masked = maskNumber(decipher(this.#numberKey, sealed).toString("utf8"));
    return encipher(this.#numberKey, Buffer.from(masked, "utf8"));
  }

  /**
   * Enciphers what holds personal data or a secret.
   *
   * @param context what it is and whose; a ciphertext moved to another row is not opened there.
   */
  seal(plain: Buffer, context: string): Buffer {
    return encipher(this.#sealKey, plain, context);
  }

  /** @throws {VaultError} when it was altered, sealed for another context or with another key. */
  unseal(sealed: Buffer, context: string): Buffer {
    return decipher(this.#sealKey, sealed, context);
  }

  /** Equal numbers have equal indexes; without the key an index tells nothing. */
  indexNumber(number: E164): Buffer {
    return createHmac("sha256", this.#indexKey).update(number).digest();
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
    return createHmac("sha256", this.#indexKey).update(block).digest("base64url").slice(0, 22);
  }

  /** Keyed hash of a request, to recognise a repetition without keeping what it said. */
  hashRequest(canonical: string): Buffer {
    return createHmac("sha256", this.#indexKey).update("request\0").update(canonical).digest();
  }
}

function deriveFrom(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `honnin ${purpose}`, KEY_BYTES));
}

/** AES-256-GCM: nonce, tag, text. The nonce is random; 2³² texts a key are far from what it stands. */
function encipher(key: Buffer, plain: Buffer, context = ""): Buffer {
  const iv = nextIv();
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(context, "utf8"));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Asking the system for 12 bytes costs as much as asking for 4 KiB, and a call needs a dozen nonces. */
const ivs = Buffer.alloc(IV_BYTES * 341);
let ivsUsed = ivs.length;

function nextIv(): Buffer {
  if (ivsUsed === ivs.length) {
    randomFillSync(ivs);
    ivsUsed = 0;
  }
  ivsUsed += IV_BYTES;
  return ivs.subarray(ivsUsed - IV_BYTES, ivsUsed);
}

function decipher(key: Buffer, sealed: Buffer, context = ""): Buffer {
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES));
    cipher.setAAD(Buffer.from(context, "utf8"));
    cipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([cipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), cipher.final()]);
  } catch {
    throw new VaultError("a stored secret cannot be deciphered: altered, moved, or another data key");
  }
}
