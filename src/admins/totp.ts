import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";

/** RFC 6238 with what every authenticator app takes: SHA-1, six digits, 30 s. */
const PERIOD_S = 30;
const SECRET_BYTES = 20;
/** A code of the step before or after counts: for who types slowly, and for clocks that are half a minute apart. */
const STEPS_FORGIVEN = 1;
/** So far a clock that is wrong is told from a code that is wrong: ten minutes. */
const STEPS_TOLD = 20;

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** As an authenticator app reads it from a QR code (Key Uri Format), and by hand. */
export function totpForApps(
  secret: Buffer,
  account: string,
): { readonly uri: string; readonly base32: string } {
  const totp = totpOf(secret, account);
  return { uri: totp.toString(), base32: totp.secret.base32 };
}

export type TotpVerdict =
  /** @property step of RFC 6238: one that was used, or comes before one, counts no more. */
  | { readonly is: "right"; readonly step: number }
  /** Right at another time: one of the two clocks is wrong by so much. */
  | { readonly is: "off"; readonly seconds: number }
  | { readonly is: "wrong" };

/**
 * @param lastStep the step of the code that counted last; null: none has.
 * @param now epoch milliseconds.
 */
export function judgeTotp(secret: Buffer, code: string, lastStep: number | null, now: number): TotpVerdict {
  if (!/^\d{6}$/.test(code)) return { is: "wrong" };
  const delta = totpOf(secret, "").validate({ token: code, timestamp: now, window: STEPS_TOLD });
  if (delta === null) return { is: "wrong" };
  const step = Math.floor(now / 1000 / PERIOD_S) + delta;
  if (Math.abs(delta) > STEPS_FORGIVEN) return { is: "off", seconds: delta * PERIOD_S };
  return lastStep !== null && step <= lastStep ? { is: "wrong" } : { is: "right", step };
}

function totpOf(secret: Buffer, label: string): TOTP {
  const bytes = Uint8Array.from(secret);
  return new TOTP({
    issuer: "Honnin",
    label,
    secret: new Secret({ buffer: bytes.buffer }),
    period: PERIOD_S,
  });
}
