import type { Kysely } from "kysely";
import { count, counted, countedSince } from "../store/counters.js";
import type { Schema } from "../store/schema.js";
import { countOpenCallsOf, setNextTurn, standingOfTrunk } from "../store/shared-limits.js";
import type { Store } from "../store/store.js";
import type { Channel } from "../verification/request-terms.js";
import { HORIZON_MS, type Turn, turnAfter, turnInterval, type Turns, turnsAfter } from "../turns.js";

/**
 * Limits that hold over all nodes on one database. One node writes at a time, so that what is counted here stays so
 * until what it let begin is committed. A service alone on its database keeps them by itself, in memory.
 */

/** What a trunk takes of all nodes together. */
export interface TrunkShare {
  readonly name: string;
  /** At one time. */
  readonly maxCalls: number;
  /** New ones a second. */
  readonly maxCps: number;
}

/** What a client may have of calls, or of messages. */
interface ClientShare {
  readonly clientId: string;
  readonly channel: Channel;
  /** At one time; null: as many as the trunk takes. */
  readonly maxCalls: number | null;
  readonly perMinute: number;
}

/** A call or message that is not begun yet: it would be one too many, of all nodes together. Nothing was stored. */
export interface Held {
  readonly kind: "held";
  /** Whose limit it is. */
  readonly by: "trunk" | "client";
  /** `lines`: as many at one time as there may be; `pace`: as many in so short a time. */
  readonly why: "lines" | "pace";
  /** When it may be tried again; milliseconds. Of `lines` nobody knows: whoever hears of an end tries earlier. */
  readonly retryInMs: number;
}

/** A line may become free at any time; whoever hears of nothing looks again then, milliseconds. */
const LOOK_AGAIN_MS = 2_000;
/** From a call's transaction to its INVITE there is a commit: its turn is that far ahead at least, milliseconds. */
const LEAD_MS = 50;

/** The next turn of a trunk that has a line free. */
interface FreeTurn extends Turn {
  readonly kind: "free";
}

/** Whether one more call may go by a trunk; {@link keepTurn} takes the turn. */
export async function lookAtTrunk(
  db: Kysely<Schema>,
  { name, maxCalls, maxCps }: TrunkShare,
  now: number,
): Promise<FreeTurn | Held> {
  const { calls, nextTurn } = await standingOfTrunk(db, name);
  if (calls >= maxCalls) return held("trunk", "lines", LOOK_AGAIN_MS);
  const turn = turnAfter(nextTurn, now, turnInterval(maxCps), LEAD_MS);
  const tooEarly = Math.ceil(turn.at - now - HORIZON_MS);
  return tooEarly > 0 ? held("trunk", "pace", tooEarly) : { kind: "free", ...turn };
}

export function keepTurn(db: Kysely<Schema>, trunk: Pick<TrunkShare, "name">, { next }: Turn): Promise<void> {
  return setNextTurn(db, trunk.name, next);
}

/**
 * Another turn for a call whose own has gone by.
 *
 * @param leadMs how far ahead it is at least.
 * @returns when it is, epoch milliseconds.
 * @throws {StoreUnavailableError}
 */
export function takeTurn(
  store: Store,
  { name, maxCps }: Pick<TrunkShare, "name" | "maxCps">,
  leadMs: number,
): Promise<number> {
  return store.write(async (db) => {
    const { nextTurn } = await standingOfTrunk(db, name);
    const turn = turnAfter(nextTurn, store.now(), turnInterval(maxCps), Math.max(leadMs, LEAD_MS));
    await keepTurn(db, { name }, turn);
    return turn.at;
  });
}

/**
 * Turns for messages at a gateway, which all nodes share.
 *
 * @param leadMs how far ahead the first is at least.
 * @throws {StoreUnavailableError}
 */
export function takeTurnsAtGateway(
  store: Store,
  { name, maxPerSecond }: { readonly name: string; readonly maxPerSecond: number },
  most: number,
  leadMs: number,
): Promise<Turns> {
  // No trunk has a name like that.
  const key = `sms/${name}`;
  return store.write(async (db) => {
    const { nextTurn } = await standingOfTrunk(db, key);
    const wanted = { most, leadMs: Math.max(leadMs, LEAD_MS) };
    const turns = turnsAfter(nextTurn, store.now(), turnInterval(maxPerSecond), wanted);
    if (turns.kind === "taken") await setNextTurn(db, key, turns.next);
    return turns;
  });
}

/** A minute is counted in parts: the row of one is added to by its key. */
const MINUTE_MS = 60_000;
const PART_MS = 5_000;

/** Whether a client may begin one more. */
export async function lookAtClient(
  db: Kysely<Schema>,
  { clientId, channel, maxCalls, perMinute }: ClientShare,
  now: number,
): Promise<Held | null> {
  // Whole parts: whatever a minute is laid over is within them.
  const since = String(partOf(now - MINUTE_MS));
  const parts = await countedSince(db, { scope: scopeOf(clientId, channel), period: since });
  let over = parts.reduce((sum, { amount }) => sum + amount, 0) + 1 - perMinute;
  if (over > 0) {
    const leaving = parts.find(({ amount }) => (over -= amount) <= 0);
    const leavesAt = (Number(leaving?.period ?? since) + 1) * PART_MS + MINUTE_MS;
    return held("client", "pace", Math.max(1, leavesAt - now));
  }
  if (maxCalls !== null && (await countOpenCallsOf(db, clientId)) >= maxCalls)
    return held("client", "lines", LOOK_AGAIN_MS);
  return null;
}

/** One was begun. */
export async function countOfClient(
  db: Kysely<Schema>,
  { clientId, channel }: Pick<ClientShare, "clientId" | "channel">,
  now: number,
): Promise<void> {
  const key = { scope: scopeOf(clientId, channel), period: String(partOf(now)) };
  await count(db, key, 1, now + 2 * MINUTE_MS);
}

/**
 * Takes one of a client's registrations a minute: a bucket that holds a minute's worth and fills evenly, as each service
 * has one for itself. Kept is the moment at which it would be full again, microseconds.
 *
 * @returns null: taken; else when there is one to take, epoch milliseconds.
 */
export async function takeRegistration(
  db: Kysely<Schema>,
  clientId: string,
  perMinute: number,
  now: number,
): Promise<number | null> {
  // A changed limit has a bucket of its own.
  const key = { scope: `registrations/${clientId}`, period: String(perMinute) };
  const kept = await counted(db, key);
  const latest = (now + MINUTE_MS) * 1000;
  // Further ahead it is only where the clock was set back: nobody is refused until that has caught up.
  const begun = kept > latest ? now * 1000 : Math.max(kept, now * 1000);
  const full = begun + Math.round((MINUTE_MS * 1000) / perMinute);
  const over = full - latest;
  if (over > 0) return now + Math.ceil(over / 1000);
  await count(db, key, full - kept, null);
  return null;
}

/** All of now have as many digits, so that they are in order as texts too. */
function partOf(time: number): number {
  return Math.floor(time / PART_MS);
}

function scopeOf(clientId: string, channel: Channel): string {
  return `${channel === "voice" ? "calls" : "messages"}/${clientId}`;
}

function held(by: Held["by"], why: Held["why"], retryInMs: number): Held {
  return { kind: "held", by, why, retryInMs };
}
