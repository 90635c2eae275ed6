import { v7 as uuidv7 } from "uuid";
import { errorText } from "../log.js";
import { beginAttempt, failWithoutCall } from "../acts/begin-attempt.js";
import { INTERRUPTED_CALL } from "../acts/close-orphans.js";
import { endAttempt } from "../acts/end-attempt.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { limitsOfClient } from "../clients/call-limits.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { readClientOf, readClientSettings } from "../store/stored-client-settings.js";
import type { FailureReason } from "../verification/status.js";
import type { WaitReason } from "../verification/wait-reason.js";
import type { CallParts } from "./call-parts.js";
import { CallQueue, type ClientLimits, type WaitingCall } from "./call-queue.js";
import { CallWays } from "./call-ways.js";
import type { Calls } from "./calls.js";
import type { DialerLimits } from "./dialer-limits.js";
import { DueCalls } from "./due-calls.js";
import { OutboundCall } from "./outbound-call.js";
import type { TrunkLines } from "./trunk-lines.js";
import { whyWaiting } from "./why-waiting.js";

/**
 * Places the calls that are due: in turns between clients, under the limits of trunks and each client's. Its
 * queue is only a copy of the database's, read again at start and then steadily, so nothing is lost with the
 * process or by a commit that was refused.
 */
export class Dialer {
  readonly #parts: CallParts;
  readonly #lines: TrunkLines;
  readonly #limits: DialerLimits;
  readonly #queue = new CallQueue<WaitingCall>();
  readonly #due: DueCalls;
  readonly #later = new Map<number, NodeJS.Timeout>();
  /** Those whose client is being read: a look at the database that comes meanwhile must not queue them twice. */
  readonly #queueing = new Set<number>();
  readonly #calls: Calls;
  #placed = 0;
  /** Being taken from the database; counts as a call so that the limit holds meanwhile. */
  #beginning = 0;
  #pumpTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Others dial what waits; it may be asked to again. */
  #paused = false;
  #off: (() => void)[] = [];

  constructor(parts: CallParts, calls: Calls, lines: TrunkLines, limits: DialerLimits) {
    this.#parts = parts;
    this.#calls = calls;
    this.#due = new DueCalls(parts.store, parts.clock, parts.log, (seq, at) => {
      this.#onDue(seq, at);
    });
    this.#lines = lines;
    lines.onFreed(() => {
      this.#pump();
    });
    this.#limits = limits;
  }

  get callsInProgress(): number {
    return this.#placed + this.#beginning;
  }

  /** Whether a call is about to be in progress. */
  get beginning(): boolean {
    return this.#beginning > 0;
  }

  get draining(): boolean {
    return this.#stopped || this.#paused;
  }

  /** Since when the call waits that has waited longest for a line, epoch milliseconds. */
  get waitingSince(): number | undefined {
    return this.#queue.oldest;
  }

  /** What each call waits for, by the `seq` of its verification. */
  get waits(): ReadonlyMap<number, WaitReason> {
    const now = this.#parts.clock();
    const hasFreeLine = ({ to }: WaitingCall): boolean => this.#lines.readyIn(to, now) < Infinity;
    const surroundings = { isLinkUp: this.#parts.ari.up, hasFreeLine };
    return whyWaiting(this.#queue, this.#later.keys(), surroundings, now);
  }

  /** Listens for what becomes due, and takes over what waits. */
  async start(): Promise<void> {
    const { store, ari } = this.#parts;
    const due = (seq: number, at: number): void => {
      this.#enqueue(seq, at);
    };
    store.hints.on("call_due", due);
    this.#off = [() => store.hints.off("call_due", due), ari.onUp(this.#pump.bind(this))];
    await this.#due.start();
  }

  /** Nothing is dialled until it is told to go on: by other nodes, if there are any. */
  pause(): void {
    this.#paused = true;
    clearTimeout(this.#pumpTimer);
  }

  goOn(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Nothing is dialled from now on; what waits stays in the database. */
  halt(): void {
    this.#stopped = true;
    clearTimeout(this.#pumpTimer);
    this.#due.stop();
    for (const timer of this.#later.values()) clearTimeout(timer);
    for (const off of this.#off) off();
  }

  /** One that nobody waits for any more was let go by a commit that was refused. */
  #onDue(seq: number, at: number): void {
    if (this.#paused) return;
    if (this.#queue.has(seq) || this.#later.has(seq) || this.#queueing.has(seq)) return;
    const now = this.#parts.clock();
    if (at < now - this.#limits.maxQueueMs) this.#fail(seq, "service_unavailable", now);
    else if (at > now) this.#enqueue(seq, at);
    else void this.#queueUp(seq, at);
  }

  #enqueue(seq: number, at: number): void {
    if (this.#stopped || this.#paused) return;
    const now = this.#parts.clock();
    if (at <= now) {
      void this.#queueUp(seq, now);
      return;
    }
    clearTimeout(this.#later.get(seq));
    const timer = setTimeout(
      () => {
        this.#later.delete(seq);
        void this.#queueUp(seq, this.#parts.clock());
      },
      // Dues are minutes ahead at most; a timer of JavaScript sleeps no longer than this.
      Math.min(at - now, 2 ** 31 - 1),
    );
    this.#later.set(seq, timer);
  }

  async #queueUp(seq: number, since: number): Promise<void> {
    this.#queueing.add(seq);
    try {
      const client = await readClientOf(this.#parts.store.read, seq);
      if (client === undefined) return;
      const number = client.numberIndex.toString("hex");
      const to = this.#parts.store.vault.decipherNumber(client.numberCipher);
      this.#queue.push(
        { seq, clientId: client.clientId, number, to, since },
        this.#limitsOf(client.settings),
      );
    } catch (error) {
      if (this.#stopped) return;
      this.#parts.log.error("a call could not be queued", { seq, error: errorText(error) });
      this.#fail(seq, "service_unavailable", since);
    } finally {
      this.#queueing.delete(seq);
    }
    this.#pump();
  }

  #limitsOf(client: ClientSettings): ClientLimits {
    const { perMinute } = limitsOfClient(this.#parts.settings.limits.calls, client);
    return { maxCalls: client.max_calls, callsPerMinute: perMinute };
  }

  #pump(): void {
    clearTimeout(this.#pumpTimer);
    if (this.draining) return;
    const now = this.#parts.clock();
    this.#giveUpOnTheLate(now);
    let readyIn = Infinity;
    const lineIn = ({ to }: WaitingCall): number => this.#lines.readyIn(to, now);
    while (this.#parts.ari.up) {
      readyIn = this.#queue.readyIn(now, lineIn);
      const next = readyIn > 0 ? undefined : this.#queue.begin(now, lineIn);
      if (next === undefined) break;
      void this.#dial(next);
    }
    const { oldest } = this.#queue;
    if (oldest === undefined) return;
    const again = Math.min(readyIn, oldest + this.#limits.maxQueueMs - now + 1);
    this.#pumpTimer = setTimeout(this.#pump.bind(this), again);
  }

  #giveUpOnTheLate(now: number): void {
    const reason = this.#parts.ari.up ? "over_capacity" : "service_unavailable";
    for (const { seq } of this.#queue.takeLate(now - this.#limits.maxQueueMs, now)) {
      this.#fail(seq, reason, now);
    }
  }

  /** One that is refused is due still, and found by the next look. */
  #fail(seq: number, reason: FailureReason, now: number): void {
    failWithoutCall(this.#parts.store, seq, reason, now).catch((error: unknown) => {
      this.#parts.log.error("a failure could not be stored", { seq, error: errorText(error) });
    });
  }

  async #dial(waiting: WaitingCall): Promise<void> {
    const { seq, clientId, to } = waiting;
    const { store, owed, clock, log, settings } = this.#parts;
    this.#beginning += 1;
    const first = this.#lines.take(to, clock());
    let call: OutboundCall | undefined;
    let begun: string | undefined;
    let about = log.child({ seq, client: clientId });
    try {
      const client = await readClientSettings(store.read, clientId);
      this.#queue.limit(clientId, this.#limitsOf(client));
      const attemptId = uuidv7();
      const verification = await beginAttempt(store, seq, attemptId, settings.limits, clock(), {
        trunk: first?.trunk?.name ?? null,
        mayBegin: () => !this.draining && this.#parts.mayAct(),
      });
      if (verification === undefined) return;
      begun = attemptId;
      about = about.child({ call: attemptId, verification: verification.id });
      const shown = client.caller_number ?? settings.callerId;
      const ways = first === null ? null : new CallWays(this.#lines, to, shown, first);
      call = new OutboundCall(this.#parts, attemptId, verification, ways);
      this.#calls.add(call);
      this.#placed += 1;
      void call.done.then(() => {
        this.#placed -= 1;
        this.#queue.ended(waiting, clock());
        this.#pump();
      });
      call.place();
    } catch (error) {
      about.error("a call could not be begun", { error: errorText(error) });
      if (begun !== undefined) {
        const [attemptId, at] = [begun, clock()];
        const end = (): Promise<unknown> =>
          endAttempt(store, seq, attemptId, INTERRUPTED_CALL, settings.redialPauseMs, at);
        void owed.write("the end of the call", end, about);
      } else if (!(error instanceof StoreUnavailableError)) {
        this.#fail(seq, "service_unavailable", clock());
      }
    } finally {
      this.#beginning -= 1;
      if (call === undefined) {
        this.#queue.ended(waiting, clock());
        if (first !== null) this.#lines.giveBack(first);
      }
      this.#pump();
    }
  }
}
