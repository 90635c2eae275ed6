import type { Clock } from "../../clock.js";
import { time } from "../../representation/time.js";
import {
  listCalls,
  listOpenCalls,
  listStandings,
  listWaitingCalls,
  type LiveCallRow,
  type WaitingCall,
} from "../../store/live-calls.js";
import type { Store } from "../../store/store.js";
import { maskNumber } from "../../verification/phone-number.js";
import { isFinal } from "../../verification/status.js";
import type { WaitReason } from "../../verification/wait-reason.js";
import type { LiveCall } from "../contract/live.js";
import type { CallProgress } from "./call-progress.js";

/** More than a trunk has lines, and than anybody reads. */
const MOST_CALLS = 1_000;
const MOST_WAITING = 200;
/** How long a call is shown after its end. */
const SHOW_ENDED_MS = 8_000;
const MOST_NUMBERS = 4_000;

interface Ended {
  readonly call: LiveCall;
  readonly until: number;
}

const NOT_WAITING = { waits_for: null, due_at: null } as const;

/**
 * The calls of this moment, those that wait, and for some seconds those that have ended. The database says which there
 * are; how far they have come the telephones know better.
 */
export class LiveCalls {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #progress: CallProgress;
  /** Masked, by `seq`: deciphered once. */
  readonly #numbers = new Map<number, string>();
  #waiting = new Map<number, LiveCall>();
  /** By the id of the call, or the key of what ended without one. */
  readonly #ended = new Map<string, Ended>();

  constructor(store: Store, clock: Clock, progress: CallProgress) {
    this.#store = store;
    this.#clock = clock;
    this.#progress = progress;
  }

  /** @param waits what each waits for; of one that nobody knows of, `unknown`. */
  async look(waits: ReadonlyMap<number, WaitReason>, unknown: WaitReason): Promise<Map<string, LiveCall>> {
    const { read } = this.#store;
    const open = await listOpenCalls(read, { limit: MOST_CALLS });
    const due = await listWaitingCalls(read, { limit: MOST_WAITING });
    const now = this.#clock();
    const calls = new Map<string, LiveCall>();
    for (const row of open) {
      // Two calls of one verification at one time: the person's own, and one by somebody who only says so.
      const key = calls.has(String(row.seq)) ? `${row.seq}/${row.attempt_id}` : String(row.seq);
      calls.set(key, this.#call(key, row));
    }
    const waiting = new Map<number, LiveCall>();
    for (const row of due) {
      if (calls.has(String(row.seq))) continue;
      const call = this.#waitingCall(row, waits.get(row.seq) ?? unknown, now);
      waiting.set(row.seq, call);
      calls.set(call.key, call);
    }
    await this.#noteEndedCalls();
    await this.#noteEndedWaits(waiting, calls, now);
    this.#waiting = waiting;
    for (const [id, { call, until }] of this.#ended) {
      if (until <= now) this.#ended.delete(id);
      // Its verification is called again.
      else if (!calls.has(call.key)) calls.set(call.key, call);
    }
    return calls;
  }

  #call(key: string, row: LiveCallRow): LiveCall {
    const progress = this.#progress.of(row.attempt_id);
    const { started_at, ringing_at, answered_at, ended_at } = row;
    const marked = answered_at !== null ? "answered" : ringing_at !== null ? "ringing" : "placed";
    return {
      ...this.#about(key, row),
      direction: row.direction,
      phase: ended_at === null ? (progress?.phase ?? marked) : "ended",
      since: time(ended_at ?? progress?.since ?? answered_at ?? ringing_at ?? started_at),
      started_at: time(started_at),
      ...NOT_WAITING,
      keys: ended_at === null ? (progress?.keys ?? 0) : 0,
      verdict: progress?.verdict ?? null,
      tries_left: progress?.triesLeft ?? null,
      outcome: row.outcome ?? progress?.outcome ?? null,
    };
  }

  #waitingCall(row: WaitingCall, why: WaitReason, now: number): LiveCall {
    const due = row.next_attempt_at ?? now;
    const waits_for = due > now ? "pause" : why;
    const before = this.#waiting.get(row.seq);
    const since = before?.waits_for === waits_for ? before.since : time(Math.min(due, now));
    return {
      ...this.#about(String(row.seq), row),
      direction: "outbound",
      phase: "queued",
      since,
      started_at: time(row.created_at),
      waits_for,
      due_at: due > now ? time(due) : null,
      ...{ keys: 0, verdict: null, tries_left: null, outcome: null },
    };
  }

  #about(
    key: string,
    row: LiveCallRow | WaitingCall,
  ): Pick<LiveCall, "key" | "verification_id" | "client" | "number" | "status" | "reason"> {
    const { id, status, reason } = row;
    let number = this.#numbers.get(row.seq);
    if (number === undefined) {
      number = maskNumber(this.#store.vault.decipherNumber(row.number_cipher));
      if (this.#numbers.size >= MOST_NUMBERS) this.#numbers.clear();
      this.#numbers.set(row.seq, number);
    }
    return { key, verification_id: id, client: row.client_name, number, status, reason };
  }

  async #noteEndedCalls(): Promise<void> {
    const ids = this.#progress.ended.filter((id) => !this.#ended.has(id));
    if (ids.length === 0) return;
    for (const row of await listCalls(this.#store.read, ids)) {
      if (row.ended_at === null) continue;
      const call = this.#call(String(row.seq), row);
      this.#ended.set(row.attempt_id, { call, until: row.ended_at + SHOW_ENDED_MS });
    }
  }

  /** What waited and waits no more, has no call, and has come to an end: there was no line, it was canceled. */
  async #noteEndedWaits(
    waiting: ReadonlyMap<number, LiveCall>,
    calls: ReadonlyMap<string, LiveCall>,
    now: number,
  ): Promise<void> {
    const left = [...this.#waiting].filter(([seq, { key }]) => !waiting.has(seq) && !calls.has(key));
    if (left.length === 0) return;
    const seqs = left.map(([seq]) => seq);
    const standings = new Map((await listStandings(this.#store.read, seqs)).map((row) => [row.seq, row]));
    const called = new Set([...this.#ended.values()].map(({ call }) => call.key));
    for (const [seq, before] of left) {
      const standing = standings.get(seq);
      if (standing === undefined || !isFinal(standing.status) || called.has(before.key)) continue;
      const { status, reason, completed_at } = standing;
      const since = completed_at ?? now;
      const call: LiveCall = {
        ...{ ...before, ...NOT_WAITING, phase: "ended", since: time(since), status, reason },
      };
      this.#ended.set(before.key, { call, until: since + SHOW_ENDED_MS });
    }
  }
}
