import { createHash, createHmac, randomBytes, randomInt } from "node:crypto";

const TOKEN_BYTES = 32;
const RECOVERY_CODES = 10;
/** No 0, O, 1, I, L: they are written down and read again. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const GROUPS = [5, 5] as const;

/** What opens a session or a link: 256 random bits, as text of a cookie or a URL. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** As it is kept: with so many random bits a slow hash would buy nothing. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Codes to log in by, once each, where the authenticator is lost: 49 bits, of which an online guesser tries few. */
export function newRecoveryCodes(): string[] {
  const group = (length: number): string =>
    Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return Array.from({ length: RECOVERY_CODES }, () => GROUPS.map(group).join("-"));
}

/** One spelling of what a person copies from paper. Null: it is none. */
export function readRecoveryCode(text: string): string | null {
  const plain = text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "");
  if (plain.length !== GROUPS[0] + GROUPS[1]) return null;
  return `${plain.slice(0, GROUPS[0])}-${plain.slice(GROUPS[0])}`;
}

/** Keyed by what is kept outside the database, for 49 bits alone would be guessed from their hash within days. */
export function hashRecoveryCode(key: Buffer, adminId: string, code: string): Buffer {
  return createHmac("sha256", key).update(`recovery\0${adminId}\0${code}`).digest();
}
