import type { FinalStatus } from "../verification/status.js";
import type { PinLock } from "../verification/pin-lock.js";
import type { AppendedEvent } from "./events.js";

/** An enrolment whose PIN has just come to its end. */
export interface LockedPin {
  readonly clientId: string;
  readonly enrollmentId: string;
  readonly for: PinLock;
}

/** So much of a budget is spent. */
export interface BudgetNotice {
  /** Null: the budget of all clients together. */
  readonly clientId: string | null;
  readonly period: "day" | "month";
  /** `2026-11-27` or `2026-11`, of Japan. */
  readonly of: string;
  readonly percent: 50 | 80 | 100;
  readonly budgetYen: number;
  /** What calls in progress may still cost counted in full. */
  readonly spentYen: number;
}

/**
 * Told after a commit, to save others from polling. A hint may be lost in a crash; the database is
 * the truth, and whoever listens also looks there at its start.
 */
export interface Hints {
  /** A call is due for this verification at that time (epoch milliseconds). */
  call_due: [seq: number, at: number];
  /** A verification will expire then (epoch milliseconds). */
  deadline: [at: number];
  /** A verification has ended by another hand than that of its call. */
  ended: [seq: number, status: FinalStatus];
  /** The PIN of an enrolment has come to its end. */
  pin_locked: [pin: LockedPin];
  /** Of a budget so much is spent; once a period and share. */
  budget: [notice: BudgetNotice];
  /** These were added to the outbox. */
  event: [events: readonly AppendedEvent[]];
}
