import type { E164 } from "../verification/phone-number.js";
import type { Held } from "../acts/shared-limits.js";
import { Pacing } from "../pacing.js";
import { Hold } from "./hold.js";
import { firstOf, leastOf, mayBegin, ownWait, type QueuedClient } from "./queued-client.js";

export interface Waiting {
  readonly seq: number;
  readonly clientId: string;
  /** Which number is called; equal for equal numbers. */
  readonly number: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** With its number, by which the dialer knows the trunks that carry it. */
export interface WaitingCall extends Waiting {
  readonly to: E164;
}

/** Where several nodes have the same calls waiting, of so many first ones any is begun: else all would try the same one. */
const AMONG = 16;

export interface ClientLimits {
  /** Calls at one time; null: as many as the trunk takes. */
  readonly maxCalls: number | null;
  readonly callsPerMinute: number;
}

/** What a client may call at once of its calls a minute: a page that many open together must not stutter. */
const BURST_MS = 10_000;

/**
 * Calls that wait for a line. The lines are shared in turns: each client has its next call begun before another
 * has a second one, so four hundred calls of one do not keep the only one of another waiting; within a client the
 * first come is first served, or nearly so where nodes share what waits. A client with as many calls as it may have is
 * passed over. Of calls to one number only the first takes part; the others are held back until it has ended, and do
 * not wait for a line meanwhile.
 */
export class CallQueue<Call extends Waiting = Waiting> {
  /** In order of whose turn it is. */
  readonly #clients = new Map<string, QueuedClient<Call>>();
  /** Calls held back, by number; there is an entry for every number that has a call waiting or in progress. */
  readonly #held = new Map<string, Call[]>();
  /** How often each is in here: a redial may be due a moment before its call is noted as ended. */
  readonly #known = new Map<number, number>();
  readonly #among: number;
  readonly #random: () => number;

  /** @param isShared whether other nodes begin the same calls. */
  constructor({ isShared = false, random = Math.random } = {}) {
    this.#among = isShared ? AMONG : 1;
    this.#random = random;
  }

  /** Those that wait for a line; without those held back. */
  get size(): number {
    let size = 0;
    for (const { waiting } of this.#clients.values()) size += waiting.length;
    return size;
  }

  /** Since when the one waits that has waited longest for a line, epoch milliseconds. */
  get oldest(): number | undefined {
    const heads = [...this.#clients.values()].flatMap(({ waiting }) => waiting.slice(0, 1));
    return heads.length === 0 ? undefined : Math.min(...heads.map(({ since }) => since));
  }

  /** What stands in the way of each within here: the limits of its client, a call to the same number, or nothing. */
  *waits(now: number): Iterable<readonly [call: Call, why: "client" | "number" | null]> {
    for (const client of this.#clients.values()) {
      const why = mayBegin(client) && ownWait(client, now) === 0 ? null : "client";
      for (const call of client.waiting) yield [call, why];
    }
    for (const held of this.#held.values()) for (const call of held) yield [call, "number"];
  }

  /** Whether it waits, is held back or is in progress. */
  has(seq: number): boolean {
    return this.#known.has(seq);
  }

  push(call: Call, limits: ClientLimits): void {
    this.#known.set(call.seq, (this.#known.get(call.seq) ?? 0) + 1);
    this.limit(call.clientId, limits);
    const held = this.#held.get(call.number);
    if (held !== undefined) {
      held.push(call);
      return;
    }
    this.#held.set(call.number, []);
    this.#client(call.clientId).waiting.push(call);
  }

  limit(clientId: string, { maxCalls, callsPerMinute }: ClientLimits): void {
    const client = this.#client(clientId);
    client.maxCalls = maxCalls ?? Infinity;
    if (client.callsPerMinute === callsPerMinute) return;
    client.callsPerMinute = callsPerMinute;
    client.pacing = new Pacing(callsPerMinute / 60, BURST_MS);
  }

  /**
   * Milliseconds until the limits of clients, and its line, let one go: 0 is now, Infinity not before a call ends.
   *
   * @param lineIn milliseconds until a call may have a line.
   */
  readyIn(now: number, lineIn: (call: Call) => number = () => 0): number {
    let least = Infinity;
    for (const client of this.#clients.values()) {
      if (mayBegin(client)) least = Math.min(least, Math.max(ownWait(client, now), leastOf(client, lineIn)));
    }
    return least;
  }

  /**
   * The call whose turn it is, from now on in progress until {@link ended}. One that finds no line keeps only those
   * behind it waiting that want the same.
   */
  begin(now: number, lineIn: (call: Call) => number = () => 0): Call | undefined {
    for (const [clientId, client] of this.#clients) {
      if (!mayBegin(client) || ownWait(client, now) > 0) continue;
      const first = firstOf(client.waiting, (call) => lineIn(call) === 0, this.#among);
      const next = first[Math.floor(this.#random() * first.length)];
      if (next === undefined) continue;
      client.pacing.take(now);
      client.hold.ask();
      // To the end of the row.
      this.#clients.delete(clientId);
      this.#clients.set(clientId, client);
      client.inProgress += 1;
      return client.waiting.splice(next, 1)[0];
    }
    return undefined;
  }

  /**
   * A call of {@link begin} cannot go yet, for the calls of all nodes: it waits again, in its place, and its client has
   * the next turn.
   */
  putBack(call: Call, held: Held, now: number): void {
    const client = this.#client(call.clientId);
    client.inProgress -= 1;
    client.pacing.giveBack();
    if (held.by === "client") client.hold.heard(held, now);
    else client.hold.forget();
    const place = client.waiting.findIndex(({ since }) => since >= call.since);
    client.waiting.splice(place < 0 ? client.waiting.length : place, 0, call);
    const others = [...this.#clients].filter(([id]) => id !== call.clientId);
    this.#clients.clear();
    for (const [id, one] of [[call.clientId, client] as const, ...others]) this.#clients.set(id, one);
  }

  /** It was begun elsewhere, if it still waits here. */
  drop(seq: number, now: number): void {
    if (!this.#known.has(seq)) return;
    for (const { waiting } of this.#clients.values()) {
      const place = waiting.findIndex((call) => call.seq === seq);
      if (place >= 0) for (const call of waiting.splice(place, 1)) this.#release(call, now);
    }
    for (const held of this.#held.values()) {
      const place = held.findIndex((call) => call.seq === seq);
      if (place >= 0) for (const call of held.splice(place, 1)) this.#forget(call);
    }
  }

  /** There was room for a call of this client. */
  admitted({ clientId }: Call, now: number): void {
    this.#client(clientId).hold.heard(null, now);
  }

  /** Calls may have ended, here or elsewhere. @returns whether others may be begun now that could not. */
  lift(now: number): boolean {
    return [...this.#clients.values()].map(({ hold }) => hold.lift(now)).includes(true);
  }

  /** A call of {@link begin} is over, or none was made of it. */
  ended(call: Call, now: number): void {
    const client = this.#client(call.clientId);
    client.inProgress -= 1;
    client.hold.forget();
    this.#release(call, now);
  }

  /** Nobody was there to begin them before then: they wait from then on, in their order. */
  waitFrom(now: number): void {
    for (const { waiting } of this.#clients.values()) {
      const renewed = waiting.map((call) => ({ ...call, since: Math.max(call.since, now) }));
      waiting.splice(0, waiting.length, ...renewed);
    }
  }

  /** Those that have waited for a line since before then; they wait no more. */
  takeLate(before: number, now: number): Call[] {
    const late: Call[] = [];
    for (const { waiting } of this.#clients.values()) {
      const inTime = waiting.findIndex(({ since }) => since >= before);
      late.push(...waiting.splice(0, inTime < 0 ? waiting.length : inTime));
    }
    for (const call of late) this.#release(call, now);
    return late;
  }

  /** The next call to this number may go, and waits for its line from now on. */
  #release(call: Waiting, now: number): void {
    const { number } = call;
    this.#forget(call);
    const next = this.#held.get(number)?.shift();
    if (next === undefined) this.#held.delete(number);
    else this.#client(next.clientId).waiting.push({ ...next, since: now });
  }

  #forget({ seq }: Waiting): void {
    const others = (this.#known.get(seq) ?? 1) - 1;
    if (others === 0) this.#known.delete(seq);
    else this.#known.set(seq, others);
  }

  #client(clientId: string): QueuedClient<Call> {
    let client = this.#clients.get(clientId);
    if (client === undefined) {
      client = {
        waiting: [],
        inProgress: 0,
        maxCalls: Infinity,
        callsPerMinute: Infinity,
        pacing: new Pacing(Infinity),
        hold: new Hold(),
      };
      this.#clients.set(clientId, client);
    }
    return client;
  }
}
