import type { EventEmitter } from "node:events";
import type { Kysely } from "kysely";
import type { FinalStatus } from "../verification/status.js";
import type { PinLock } from "../verification/pin-lock.js";
import type { EventType } from "./event-types.js";
import type { Schema } from "./schema.js";

/** An event of the transaction just committed, for those who hear of it at once. */
export interface AppendedEvent {
  readonly seq: number;
  readonly clientId: string;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
  /** As `eventText` makes it. */
  readonly text: string;
}

/** An enrollment whose PIN has just come to its end. */
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
  /** A message is. */
  message_due: [seq: number, at: number];
  /** A call or message of this verification was begun, here or elsewhere: it is due no more. */
  begun: [seq: number];
  /** A verification will expire then (epoch milliseconds). */
  deadline: [at: number];
  /** A verification has ended by another hand than that of its call. */
  ended: [seq: number, status: FinalStatus];
  /** The PIN of an enrollment has come to its end. */
  pin_locked: [pin: LockedPin];
  /** Of a budget so much is spent; once a period and share. */
  budget: [notice: BudgetNotice];
  /** Another process has written; what exactly is not told. */
  others_wrote: [];
  /** These were added to the outbox; none: others have added some. */
  event: [events: readonly AppendedEvent[]];
}

/** What one process tells those that use the same database elsewhere, as JSON. */
interface ForOthers {
  readonly from: string;
  /** Verifications that have ended by another hand than that of their call, which may be elsewhere. */
  readonly ended?: readonly Hints["ended"][];
  /** Those whose call or message was begun: it waits elsewhere too. */
  readonly begun?: readonly number[];
}

/** The most that PostgreSQL takes, bytes. */
const MOST_TOLD = 7_900;

type Hint = { [Name in keyof Hints]: readonly [name: Name, ...told: Hints[Name]] }[keyof Hints];

/** What transactions have to tell of, by their handle; what they added to the outbox is told of together. */
const collected = new WeakMap<Kysely<Schema>, { readonly hints: Hint[]; readonly events: AppendedEvent[] }>();

function collectedOf(db: Kysely<Schema>): { readonly hints: Hint[]; readonly events: AppendedEvent[] } {
  let of = collected.get(db);
  if (of === undefined) {
    of = { hints: [], events: [] };
    collected.set(db, of);
  }
  return of;
}

/** Has this told once the transaction is committed; and not at all where it is not. */
export function hint<Name extends Exclude<keyof Hints, "event">>(
  db: Kysely<Schema>,
  name: Name,
  ...told: Hints[Name]
): void {
  collectedOf(db).hints.push([name, ...told] as unknown as Hint);
}

/** The same of an event of the outbox. */
export function hintEvent(db: Kysely<Schema>, event: AppendedEvent): void {
  collectedOf(db).events.push(event);
}

/** Tells what works of a transaction had to tell, in order, and their events at last: their `seq` have no gap. */
export function tellHints(db: Kysely<Schema>, to: EventEmitter<Hints>): void {
  const { hints, events } = collectedOf(db);
  for (const [name, ...told] of hints) to.emit(name, ...(told as never));
  if (events.length > 0) to.emit("event", events);
}

/** What works of a transaction have to tell others; null: nothing. @param from who tells it. */
export function hintsForOthers(db: Kysely<Schema>, from: string): string | null {
  const { hints, events } = collectedOf(db);
  const ended = hints.flatMap(([name, ...told]) => (name === "ended" ? [told as Hints["ended"]] : []));
  const begun = hints.flatMap(([name, seq]) => (name === "begun" ? [seq] : []));
  if (ended.length === 0 && begun.length === 0 && events.length === 0) return null;
  const all = JSON.stringify({
    ...{ from },
    ...(ended.length > 0 ? { ended } : {}),
    ...(begun.length > 0 ? { begun } : {}),
  } satisfies ForOthers);
  // They look for themselves then.
  return all.length <= MOST_TOLD ? all : JSON.stringify({ from } satisfies ForOthers);
}

/** Tells here what others have told. @param me who hears it: what came from here was told already. */
export function tellOthersHints(told: string, me: string, to: EventEmitter<Hints>): void {
  const { from, ended = [], begun = [] } = JSON.parse(told) as ForOthers;
  if (from === me) return;
  for (const one of ended) to.emit("ended", ...one);
  for (const seq of begun) to.emit("begun", seq);
  to.emit("others_wrote");
}
