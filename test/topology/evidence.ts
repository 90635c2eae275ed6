import type { Received } from "../events/receiver.js";
import type { CallLog } from "./crowd-call.js";
import type { HeardEvent } from "./listener.js";
import type { Topology } from "./topology.js";

/** An event as the outbox has it. */
interface Told {
  readonly id: string;
  readonly verification: string;
}

/** An attempt as the database has it; epoch milliseconds. */
export interface StoredAttempt {
  readonly verification: string;
  readonly id: string;
  readonly node: string;
  readonly started: number;
  readonly ended: number | null;
  readonly outcome: string | null;
}

export interface StoredVerification {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly expires: number;
  readonly completed: number | null;
}

/** What was told, in the order of the commits. */
export async function outboxOf(topology: Topology): Promise<Told[]> {
  return topology.ask<Told & Record<string, unknown>>(
    `select e.id, v.id as verification from events e
       join verifications v on v.seq = e.verification_seq order by e.seq`,
  );
}

export async function attemptsIn(topology: Topology): Promise<StoredAttempt[]> {
  return topology.ask<StoredAttempt & Record<string, unknown>>(
    `select v.id as verification, a.id, a.node, a.outcome,
         a.started_at::float8 as started, a.ended_at::float8 as ended
       from attempts a join verifications v on v.seq = a.verification_seq order by a.started_at`,
  );
}

export async function verificationsIn(topology: Topology): Promise<StoredVerification[]> {
  return topology.ask<StoredVerification & Record<string, unknown>>(
    `select id, status, reason, expires_at::float8 as expires, completed_at::float8 as completed
       from verifications order by seq`,
  );
}

/** What a listener has not heard, or not in that order: the first place where it differs; null: nothing. */
export function unlike(heard: readonly HeardEvent[], told: readonly Told[]): string | null {
  const at = told.findIndex(({ id }, index) => heard[index]?.id !== id);
  if (at >= 0) return `event ${String(at)} of ${String(told.length)} is ${heard[at]?.type ?? "missing"}`;
  return heard.length > told.length ? `${String(heard.length - told.length)} events too many` : null;
}

/** The verifications whose events came to a receiver in another order than they happened, or not all. */
export function disordered(received: readonly Received[], told: readonly Told[]): string[] {
  const came = new Map(
    [...new Set(received.map(({ headers }) => headers["webhook-id"]))].map((id, at) => [id, at]),
  );
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const { id, verification } of told) {
    const at = came.get(id) ?? Infinity;
    if (at === Infinity || at < (last.get(verification) ?? -1)) wrong.add(verification);
    last.set(verification, at);
  }
  return [...wrong];
}

/** The most calls that came within any second. */
export function mostInASecond(calls: readonly CallLog[]): number {
  let from = 0;
  let most = 0;
  for (const [to, call] of calls.entries()) {
    while (call.invitedAt - (calls[from]?.invitedAt ?? 0) >= 1000) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** Two clocks of one machine, and whole milliseconds. */
const CLOCKS_MS = 50;

/**
 * Calls that no attempt accounts for: the second of one attempt, one that came after its attempt had been closed.
 *
 * @param verifications their ids, by the numbers that are called for them.
 */
export function unaccounted(
  calls: readonly CallLog[],
  attempts: readonly StoredAttempt[],
  verifications: ReadonlyMap<string, string>,
): string[] {
  const of = new Map<string, StoredAttempt[]>();
  for (const one of attempts) of.set(one.verification, [...(of.get(one.verification) ?? []), one]);
  const rung = new Set<string>();
  return calls.flatMap(({ number, invitedAt }) => {
    const id = verifications.get(number) ?? "";
    const its = of.get(id)?.findLast(({ started }) => started <= invitedAt + CLOCKS_MS);
    if (its === undefined) return [`${id}: a call without an attempt`];
    if (its.ended !== null && invitedAt > its.ended + CLOCKS_MS)
      return [`${id}: called ${String(invitedAt - its.ended)} ms after the attempt was closed`];
    if (rung.has(its.id)) return [`${id}: called twice for attempt ${its.id}`];
    rung.add(its.id);
    return [];
  });
}
