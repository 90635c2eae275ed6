import type { FailureReason, VerificationStatus } from "../verification/status.js";
import type { LineType } from "../verification/phone-number.js";
import type { Direction } from "../verification/request-terms.js";
import { mostAtOnce, type Stretch } from "./most-at-once.js";

/** Of which time something is counted: `[from, to)` in steps of equal length, epoch milliseconds. */
export interface StatisticsSpan {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface CountedVerification {
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly status: VerificationStatus;
  readonly reason: FailureReason | null;
  readonly code_entries: number;
}

export interface CountedCall {
  /** When its verification was registered. */
  readonly created_at: number;
  readonly line_type: LineType;
  readonly direction: Direction;
  readonly started_at: number;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
}

interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** What is counted of one step. All but `mostCalls` belongs to the step in which a verification was registered. */
export interface StatisticsStep {
  readonly from: number;
  readonly statuses: Readonly<Record<VerificationStatus, number>>;
  /** Of those that failed. */
  readonly reasons: Readonly<Partial<Record<FailureReason, number>>>;
  /** Codes and PINs that were wrong, those of verifications that came right in the end too. */
  readonly wrongCodes: number;
  /** Outbound calls that have been answered or have ended. */
  readonly calls: Readonly<Partial<Record<LineType, { readonly made: number; readonly answered: number }>>>;
  /** Outbound: from the beginning of a call to its answer, ms; null: none was answered. */
  readonly toAnswer: Spread | null;
  /** From registration to `verified` or `failed`, ms. */
  readonly toVerdict: Spread | null;
  /** Calls at one time, whenever their verifications were registered. */
  readonly mostCalls: Readonly<Record<Direction, number>>;
}

interface Counting {
  statuses: Record<VerificationStatus, number>;
  reasons: Partial<Record<FailureReason, number>>;
  wrongCodes: number;
  calls: Partial<Record<LineType, { made: number; answered: number }>>;
  answers: number[];
  verdicts: number[];
}

/** Sorts what was stored into the steps of a span. Pure; takes rows in any order. */
export class StatisticsTally {
  readonly #span: StatisticsSpan;
  readonly #now: number;
  readonly #steps: Counting[];
  readonly #stretches: Record<Direction, Stretch[]> = { outbound: [], inbound: [] };

  /** @param now until when a call has lasted that has not ended. */
  constructor(span: StatisticsSpan, now: number) {
    this.#span = span;
    this.#now = now;
    this.#steps = Array.from({ length: stepsOf(span) }, nothing);
  }

  verification({ created_at, completed_at, status, reason, code_entries }: CountedVerification): void {
    const step = this.#stepAt(created_at);
    if (step === undefined) return;
    step.statuses[status] += 1;
    if (reason !== null) step.reasons[reason] = (step.reasons[reason] ?? 0) + 1;
    // The last entry of a verified one was right; one that a call alone has verified had none.
    step.wrongCodes += status === "verified" ? Math.max(0, code_entries - 1) : code_entries;
    if (completed_at === null || (status !== "verified" && status !== "failed")) return;
    push(step.verdicts, completed_at - created_at);
  }

  call({ created_at, line_type, direction, started_at, answered_at, ended_at }: CountedCall): void {
    this.#stretches[direction].push([started_at, ended_at ?? this.#now]);
    const step = this.#stepAt(created_at);
    if (step === undefined || direction !== "outbound") return;
    if (answered_at === null && ended_at === null) return;
    const calls = (step.calls[line_type] ??= { made: 0, answered: 0 });
    calls.made += 1;
    if (answered_at === null) return;
    calls.answered += 1;
    push(step.answers, answered_at - started_at);
  }

  steps(): StatisticsStep[] {
    const { from, step } = this.#span;
    const most = {
      outbound: mostAtOnce(this.#stretches.outbound, this.#span),
      inbound: mostAtOnce(this.#stretches.inbound, this.#span),
    };
    return this.#steps.map(({ answers, verdicts, ...counted }, nth) => ({
      ...counted,
      from: from + nth * step,
      toAnswer: spread(answers),
      toVerdict: spread(verdicts),
      mostCalls: { outbound: most.outbound[nth] ?? 0, inbound: most.inbound[nth] ?? 0 },
    }));
  }

  #stepAt(at: number): Counting | undefined {
    const { from, to, step } = this.#span;
    return at < from || at >= to ? undefined : this.#steps[Math.floor((at - from) / step)];
  }
}

function stepsOf({ from, to, step }: StatisticsSpan): number {
  return Math.ceil((to - from) / step);
}

function nothing(): Counting {
  return {
    statuses: { pending: 0, in_progress: 0, verified: 0, failed: 0, expired: 0, canceled: 0 },
    ...{ reasons: {}, wrongCodes: 0, calls: {}, answers: [], verdicts: [] },
  };
}

/** A clock that was set back in between has measured nothing. */
function push(durations: number[], duration: number): void {
  if (duration >= 0) durations.push(duration);
}

/** By the nearest rank: both are values that occurred. */
function spread(durations: readonly number[]): Spread | null {
  if (durations.length === 0) return null;
  const sorted = Float64Array.from(durations).sort();
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { median: rank(0.5), p95: rank(0.95) };
}
