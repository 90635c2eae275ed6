import { v7 as uuidv7 } from "uuid";
import type { AriChannel, AriEvent } from "../ari/messages.js";
import { errorText } from "../log.js";
import { beginAttempt, failWithoutCall } from "../acts/begin-attempt.js";
import { endAttempt } from "../acts/end-attempt.js";
import { listAttemptIds, listUnendedAttempts } from "../store/attempts.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { limitsOfClient } from "../clients/call-limits.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { readClientOf, readClientSettings } from "../store/stored-client-settings.js";
import type { FailureReason, FinalStatus } from "../verification/status.js";
import type { CallParts } from "./call-parts.js";
import { CallQueue, type ClientLimits, type Waiting } from "./call-queue.js";
import { DueCalls } from "./due-calls.js";
import { OutboundCall } from "./outbound-call.js";
import { drainCalls } from "./drain.js";
import { Pacing } from "./pacing.js";
import { Reconciliation } from "./reconciliation.js";
import { NORMAL_CLEARING } from "./normal-clearing.js";
import { dialString, type RoutingTable } from "./route.js";

export interface DialerLimits {
  readonly maxCalls: number;
  readonly maxCallsPerSecond: number;
  /** Longest wait for a free line, milliseconds. */
  readonly maxQueueMs: number;
}

/** Longest sleep of a JavaScript timer is 2³¹-1 ms; dues are minutes ahead at most. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Places the calls that are due: in turns between clients, under the trunk's limits and each client's. Its
 * queue is only a copy of the database's, read again at start and then steadily, so nothing is lost with the
 * process or by a commit that was refused.
 */
export class Dialer {
  readonly #parts: CallParts;
  readonly #routes: RoutingTable;
  readonly #limits: DialerLimits;
  readonly #pacing: Pacing;
  readonly #queue = new CallQueue();
  readonly #due: DueCalls;
  readonly #later = new Map<number, NodeJS.Timeout>();
  readonly #calls = new Map<number, OutboundCall>();
  /** Being taken from the database; counts as a call so that the limit holds meanwhile. */
  #beginning = 0;
  #pumpTimer: NodeJS.Timeout | undefined;
  readonly #reconciliation: Reconciliation;
  #stopped = false;
  #off: (() => void)[] = [];

  constructor(parts: CallParts, routes: RoutingTable, limits: DialerLimits) {
    this.#parts = parts;
    this.#reconciliation = new Reconciliation(parts.ari, parts.log, () => this.#reconcile());
    this.#due = new DueCalls(parts.store, parts.clock, parts.log, (seq, at) => {
      this.#onDue(seq, at);
    });
    this.#routes = routes;
    this.#limits = limits;
    this.#pacing = new Pacing(limits.maxCallsPerSecond);
  }

  get callsInProgress(): number {
    return this.#calls.size + this.#beginning;
  }

  get draining(): boolean {
    return this.#stopped;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Clears up after the last run, takes over what waits, then listens for more. */
  async start(): Promise<void> {
    const { store, ari, clock, settings } = this.#parts;
    const interrupted = { outcome: "failed" as const, sipStatus: null, q850Cause: null };
    // At once: one by one each would wait for a commit of its own, and nothing is dialled until all are ended.
    await Promise.all(
      (await listUnendedAttempts(store.read)).map(({ id, verification_seq: seq }) =>
        endAttempt(store, seq, id, interrupted, settings.redialPauseMs, clock()),
      ),
    );
    const due = (seq: number, at: number): void => {
      this.#enqueue(seq, at);
    };
    const ended = (seq: number, status: FinalStatus): void => {
      this.#calls.get(seq)?.end(status);
    };
    store.hints.on("call_due", due);
    store.hints.on("ended", ended);
    this.#off = [
      () => store.hints.off("call_due", due),
      () => store.hints.off("ended", ended),
      ari.onDown(() => {
        for (const call of this.#calls.values()) call.linkDown();
      }),
      ari.onUp(() => {
        for (const call of this.#calls.values()) call.linkBack();
        void this.#reconciliation.run();
        this.#pump();
      }),
      ari.onStray((event) => {
        this.#onStray(event);
      }),
      () => {
        this.#reconciliation.stop();
      },
    ];
    if (ari.up) await this.#reconciliation.run();
    await this.#due.start();
  }

  /** Nothing is dialled from now on; what waits stays in the database. */
  halt(): void {
    this.#stopped = true;
    clearTimeout(this.#pumpTimer);
    this.#due.stop();
    for (const timer of this.#later.values()) clearTimeout(timer);
  }

  /** No new calls; resolves when those in progress have ended, or after the deadline. */
  async drain(ms: number): Promise<void> {
    this.halt();
    await drainCalls(
      () => this.#calls.values(),
      () => this.callsInProgress > 0,
      ms,
    );
    for (const off of this.#off) off();
  }

  /** One that nobody waits for any more was let go by a commit that was refused. */
  #onDue(seq: number, at: number): void {
    if (this.#queue.has(seq) || this.#later.has(seq)) return;
    const now = this.#parts.clock();
    if (at < now - this.#limits.maxQueueMs) this.#fail(seq, "service_unavailable", now);
    else if (at > now) this.#enqueue(seq, at);
    else void this.#queueUp(seq, at);
  }

  #enqueue(seq: number, at: number): void {
    if (this.#stopped) return;
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
      Math.min(at - now, MAX_TIMER_MS),
    );
    this.#later.set(seq, timer);
  }

  async #queueUp(seq: number, since: number): Promise<void> {
    try {
      const client = await readClientOf(this.#parts.store.read, seq);
      if (client === undefined) return;
      const number = client.numberIndex.toString("hex");
      this.#queue.push({ seq, clientId: client.clientId, number, since }, this.#limitsOf(client.settings));
    } catch (error) {
      if (this.#stopped) return;
      this.#parts.log.error("a call could not be queued", { seq, error: errorText(error) });
      this.#fail(seq, "service_unavailable", since);
    }
    this.#pump();
  }

  #limitsOf(client: ClientSettings): ClientLimits {
    const { perMinute } = limitsOfClient(this.#parts.settings.limits.calls, client);
    return { maxCalls: client.max_calls, callsPerMinute: perMinute };
  }

  #pump(): void {
    clearTimeout(this.#pumpTimer);
    if (this.#stopped) return;
    const now = this.#parts.clock();
    this.#giveUpOnTheLate(now);
    let readyIn = Infinity;
    while (this.#parts.ari.up && this.callsInProgress < this.#limits.maxCalls) {
      readyIn = Math.max(this.#queue.readyIn(now), this.#pacing.wait(now));
      const next = readyIn > 0 ? undefined : this.#queue.begin(now);
      if (next === undefined) break;
      this.#pacing.take(now);
      void this.#dial(next);
    }
    const { oldest } = this.#queue;
    if (oldest !== undefined) this.#pumpIn(Math.min(readyIn, oldest + this.#limits.maxQueueMs - now + 1));
  }

  #pumpIn(ms: number): void {
    this.#pumpTimer = setTimeout(() => {
      this.#pump();
    }, ms);
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

  async #dial(waiting: Waiting): Promise<void> {
    const { seq, clientId } = waiting;
    const { store, owed, clock, log, settings } = this.#parts;
    this.#beginning += 1;
    let call: OutboundCall | undefined;
    let begun: string | undefined;
    let about = log.child({ seq, client: clientId });
    try {
      const client = await readClientSettings(store.read, clientId);
      this.#queue.limit(clientId, this.#limitsOf(client));
      const attemptId = uuidv7();
      const mayBegin = (): boolean => !this.#stopped;
      const verification = await beginAttempt(store, seq, attemptId, settings.limits, clock(), mayBegin);
      if (verification === undefined) {
        this.#pacing.giveBack();
        return;
      }
      begun = attemptId;
      about = about.child({ call: attemptId, verification: verification.id });
      const number = store.vault.decipherNumber(verification.number_cipher);
      const endpoint = dialString(number, this.#routes);
      const callerId = client.caller_number ?? settings.callerId;
      const parts = { ...this.#parts, settings: { ...settings, callerId } };
      call = new OutboundCall(parts, attemptId, verification);
      this.#calls.set(seq, call);
      void call.done.then(() => {
        this.#calls.delete(seq);
        this.#queue.ended(waiting, clock());
        this.#pump();
      });
      if (endpoint === null) call.abandon();
      else call.place(endpoint);
    } catch (error) {
      about.error("a call could not be begun", { error: errorText(error) });
      if (begun !== undefined) {
        const [attemptId, at] = [begun, clock()];
        const failed = { outcome: "failed" as const, sipStatus: null, q850Cause: null };
        void owed.write(`the end of call ${attemptId}`, () =>
          endAttempt(store, seq, attemptId, failed, settings.redialPauseMs, at),
        );
      } else if (!(error instanceof StoreUnavailableError)) {
        this.#fail(seq, "service_unavailable", clock());
      }
    } finally {
      this.#beginning -= 1;
      if (call === undefined) this.#queue.ended(waiting, clock());
      this.#pump();
    }
  }

  #reconcile(): (channels: readonly AriChannel[]) => Promise<void> {
    const asked = [...this.#calls.values()];
    return async (channels) => {
      const byId = new Map(channels.map((channel) => [channel.id, channel]));
      for (const call of asked) call.linkUp(byId.get(call.attemptId));
      await this.#endLeftovers([...byId.keys()]);
      this.#pump();
    };
  }

  /**
   * Calls of a process that was killed, or that were given up: nobody else would ever hang them up. The database
   * decides which those are, for another Honnin on this Asterisk names its channels as we do.
   */
  async #endLeftovers(ids: readonly string[]): Promise<void> {
    const possible = ids.filter((id) => UUID.test(id));
    if (possible.length === 0) return;
    const noted = await listAttemptIds(this.#parts.store.read, possible);
    const ours = new Set([...this.#calls.values()].map((call) => call.attemptId));
    for (const id of noted) if (!ours.has(id)) this.#hangUp(id);
  }

  /** A call that was given up is answered after all: whoever lifted the receiver would hear nothing. */
  #onStray(event: AriEvent): void {
    if (event.type !== "StasisStart" || event.args[0] === "inbound") return;
    const { id } = event.channel;
    this.#endLeftovers([id]).catch((error: unknown) => {
      this.#parts.log.error("whose call it is could not be read", { channel: id, error: errorText(error) });
    });
  }

  #hangUp(channelId: string): void {
    const { ari, log } = this.#parts;
    ari.hangUp(channelId, NORMAL_CLEARING).catch((error: unknown) => {
      log.warn("a call left over could not be hung up", { channel: channelId, error: errorText(error) });
    });
  }
}

/** As attempts are named: what is named otherwise need not be looked for in the database. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
