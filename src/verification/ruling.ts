import type { FailureReason, VerificationStatus } from "./status.js";
import { isFinal } from "./status.js";

/** What the person did that has to be ruled on. */
export type Entry =
  | { readonly kind: "code"; readonly digits: string }
  | { readonly kind: "fraud_report" }
  /** Of a transaction that was told: it is not what the person wants. */
  | { readonly kind: "refusal" }
  | { readonly kind: "no_input" }
  /** The call itself, from the number to be proved: all that method `caller_id` asks for. */
  | { readonly kind: "caller_number" };

/** What the person is told. */
export type Ruling =
  | { readonly kind: "verified" }
  | { readonly kind: "wrong"; readonly triesLeft: number }
  | { readonly kind: "failed"; readonly reason: FailureReason }
  /** This caller is not listened to now: nothing was compared, and nothing has changed. */
  | { readonly kind: "barred" }
  /** It had ended before this entry came: by deadline, by cancel, by an earlier call. */
  | { readonly kind: "closed"; readonly status: VerificationStatus };

/** The part of a verification that an entry is ruled by. */
export interface Ruled {
  readonly status: VerificationStatus;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly codeEntries: number;
  readonly maxCodeEntries: number;
  /** Whether what this caller keys, or that he keys nothing, decides nothing now. */
  readonly barred: boolean;
}

export interface RulingResult {
  readonly ruling: Ruling;
  /** The new state to commit; null: nothing changes. */
  readonly change: {
    readonly status: VerificationStatus;
    readonly reason: FailureReason | null;
    readonly codeEntries: number;
  } | null;
}

/**
 * Rules on one entry. Pure: the caller compares the code (in constant time) and commits the change
 * before anything of it is spoken.
 *
 * @param matches whether the digits are the code; ignored for the other kinds of entry.
 * @param now epoch milliseconds.
 */
export function rule(verification: Ruled, entry: Entry, matches: boolean, now: number): RulingResult {
  const { status, codeEntries, maxCodeEntries } = verification;
  if (isFinal(status)) return { ruling: { kind: "closed", status }, change: null };
  // A fraud report counts even past the deadline: it protects the number, not this verification. So does a refusal.
  if (entry.kind === "fraud_report") return fail("fraud_reported", codeEntries);
  if (entry.kind === "refusal") return fail("transaction_refused", codeEntries);
  if (now >= verification.expiresAt) {
    return {
      ruling: { kind: "closed", status: "expired" },
      change: { status: "expired", reason: null, codeEntries },
    };
  }
  if (verification.barred && (entry.kind === "code" || entry.kind === "no_input")) {
    return { ruling: { kind: "barred" }, change: null };
  }
  if (entry.kind === "no_input") return fail("no_input", codeEntries);
  if (entry.kind === "caller_number") {
    return { ruling: { kind: "verified" }, change: { status: "verified", reason: null, codeEntries } };
  }
  const entries = codeEntries + 1;
  if (matches) {
    return {
      ruling: { kind: "verified" },
      change: { status: "verified", reason: null, codeEntries: entries },
    };
  }
  if (entries >= maxCodeEntries) return fail("wrong_code", entries);
  return {
    ruling: { kind: "wrong", triesLeft: maxCodeEntries - entries },
    change: { status, reason: null, codeEntries: entries },
  };
}

function fail(reason: FailureReason, codeEntries: number): RulingResult {
  return { ruling: { kind: "failed", reason }, change: { status: "failed", reason, codeEntries } };
}
