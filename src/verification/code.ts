import { createHmac, timingSafeEqual } from "node:crypto";

const ISSUED_CODE_LENGTH = 6;

/** A source of uniform random integers in [0, max): `crypto.randomInt` in service, a fixed one in tests. */
export type RandomInt = (max: number) => number;

/**
 * A code of decimal digits, leading zeros included. Six digits is the least that
 * NIST SP 800-63B-4 section 3.1.3.2 allows for an out-of-band secret.
 */
export function issueCode(randomInt: RandomInt, length: number = ISSUED_CODE_LENGTH): string {
  return Array.from({ length }, () => String(randomInt(10))).join("");
}

/**
 * Keyed hash of a code, bound to its verification so that equal codes do not look alike in the
 * database. A bare hash of six digits falls in a second; hence the key, kept outside the database.
 */
export function hashCode(key: Buffer, verificationKey: string, code: string): Buffer {
  return createHmac("sha256", key).update(verificationKey).update("\0").update(code).digest();
}

/** Constant-time comparison of a keyed code with the stored hash. */
export function codeMatches(key: Buffer, verificationKey: string, keyed: string, stored: Buffer): boolean {
  const hash = hashCode(key, verificationKey, keyed);
  return hash.length === stored.length && timingSafeEqual(hash, stored);
}
