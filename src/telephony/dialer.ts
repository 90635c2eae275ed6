import { v7 as uuidv7 } from "uuid";
import { errorText, type Logger } from "../log.js";
import { beginAttempt, type BegunAttempt, failWithoutCall } from "../acts/begin-attempt.js";
import { INTERRUPTED_CALL } from "../acts/close-orphans.js";
import { endAttempt } from "../acts/end-attempt.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { limitsOfClient } from "../clients/call-limits.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import type { FailureReason } from "../verification/status.js";
import type { WaitReason } from "../verification/wait-reason.js";
import type { CallParts } from "./call-parts.js";
import { CallQueue, type ClientLimits, type WaitingCall } from "./call-queue.js";
import { CallWays } from "./call-ways.js";
import type { Calls } from "./calls.js";
import type { DialerLimits } from "./dialer-limits.js";
import { Intake } from "./intake.js";
import { OutboundCall } from "./outbound-call.js";
import type { TakenLine, TrunkLines } from "./trunk-lines.js";
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
  readonly #queue: CallQueue<WaitingCall>;
  readonly #intake: Intake<WaitingCall>;
  readonly #calls: Calls;
  #placed = 0;
  /** Being taken from the database; counts as a call so that the limit holds meanwhile. */
  #beginning = 0;
  #pumpTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  #off: (() => void)[] = [];

  constructor(parts: CallParts, calls: Calls, lines: TrunkLines, limits: DialerLimits) {
    this.#parts = parts;
    this.#calls = calls;
    this.#queue = new CallQueue(parts.store);
    this.#intake = new Intake({
      ...{ store: parts.store, clock: parts.clock, log: parts.log, channel: "voice", queue: this.#queue },
      entry: (seq, { clientId, settings, numberIndex, numberCipher }, since) => {
        const to = parts.store.vault.decipherNumber(numberCipher);
        const number = numberIndex.toString("hex");
        return { call: { seq, clientId, number, to, since }, limits: this.#limitsOf(settings) };
      },
      onQueued: this.#pump.bind(this),
      givesUp: {
        afterMs: limits.maxQueueMs,
        onFailed: (seq, at) => {
          this.#fail(seq, "service_unavailable", at);
        },
      },
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
    return this.#stopped || this.#intake.isPaused;
  }

  /** Since when the call waits that has waited longest for a line, epoch milliseconds. */
  get waitingSince(): number | undefined {
    return this.#queue.oldest;
  }

  /** What each call waits for, by the `seq` of its verification. */
  get waits(): ReadonlyMap<number, WaitReason> {
    const now = this.#parts.clock();
    const hasFreeLine = ({ to }: WaitingCall): boolean => this.#lines.hasFree(to);
    const surroundings = { isLinkUp: this.#parts.ari.up, hasFreeLine };
    return whyWaiting(this.#queue, this.#intake.later(), surroundings, now);
  }

  /** Listens for what becomes due, and takes over what waits. */
  async start(): Promise<void> {
    const { store, ari } = this.#parts;
    const wrote = (): void => {
      this.#lift();
    };
    store.hints.on("others_wrote", wrote);
    this.#off = [() => store.hints.off("others_wrote", wrote), ari.onUp(this.#pump.bind(this))];
    await this.#intake.start();
  }

  /** Nothing is dialled until it is told to go on: by other nodes, if there are any. */
  pause(): void {
    this.#intake.pause();
    clearTimeout(this.#pumpTimer);
  }

  goOn(): void {
    this.#intake.goOn();
    this.#pump();
  }

  /** Nothing is dialled from now on; what waits stays in the database. */
  halt(): void {
    this.#stopped = true;
    clearTimeout(this.#pumpTimer);
    this.#intake.stop();
    for (const off of this.#off) off();
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

  /** Another call may have ended, here or on another node: what is held because of such calls may go. */
  #lift(): void {
    const now = this.#parts.clock();
    const lifted = [this.#lines.lift(now), this.#queue.lift(now)];
    if (lifted.includes(true)) this.#pump();
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
    const { store, clock, log, settings } = this.#parts;
    this.#beginning += 1;
    const line = this.#lines.take(to, clock());
    const attemptId = uuidv7();
    const about = log.child({ seq, client: clientId, trunk: line?.trunk?.name ?? null });
    let begun: BegunAttempt = { kind: "none" };
    let isPlaced = false;
    try {
      const client = await readClientSettings(store.read, clientId);
      this.#queue.limit(clientId, this.#limitsOf(client));
      begun = await beginAttempt(store, seq, attemptId, settings.limits, clock(), {
        trunk: line?.trunk ?? null,
        mayBegin: () => !this.draining && this.#parts.mayAct(),
      });
      if (begun.kind === "begun") {
        this.#place(waiting, attemptId, begun, { line, shown: client.caller_number ?? settings.callerId });
        isPlaced = true;
      }
    } catch (error) {
      const ids = begun.kind === "begun" ? { call: attemptId, verification: begun.verification.id } : {};
      this.#couldNotBegin(seq, begun.kind === "begun" ? attemptId : null, about.child(ids), error);
    } finally {
      this.#beginning -= 1;
      if (!isPlaced) this.#letGo(waiting, line, begun);
      this.#pump();
    }
  }

  #place(
    waiting: WaitingCall,
    attemptId: string,
    { verification, turn }: BegunAttempt & { kind: "begun" },
    { line, shown }: { line: TakenLine | null; shown: string | null },
  ): void {
    const { clock } = this.#parts;
    const { to } = waiting;
    const ways = line && new CallWays(this.#parts, this.#lines, to, shown, { line, turn });
    const call = new OutboundCall(this.#parts, attemptId, verification, ways);
    this.#queue.admitted(waiting, clock());
    if (line !== null) this.#lines.admitted(line, clock());
    this.#calls.add(call);
    this.#placed += 1;
    void call.done.then(() => {
      this.#placed -= 1;
      this.#queue.ended(waiting, clock());
      this.#lift();
      this.#pump();
    });
    call.place();
  }

  /** Of a call that was not placed its line is given back; one for which other nodes' calls leave no room waits on. */
  #letGo(waiting: WaitingCall, line: TakenLine | null, begun: BegunAttempt): void {
    const now = this.#parts.clock();
    if (begun.kind === "held") {
      if (line !== null) this.#lines.held(line, begun, now);
      this.#queue.putBack(waiting, begun, now);
      return;
    }
    if (line !== null) this.#lines.giveBack(line);
    this.#queue.ended(waiting, now);
  }

  /** @param attemptId of a call that was noted already; null: none was. */
  #couldNotBegin(seq: number, attemptId: string | null, log: Logger, error: unknown): void {
    const { store, owed, clock, settings } = this.#parts;
    log.error("a call could not be begun", { error: errorText(error) });
    if (attemptId !== null) {
      const at = clock();
      const end = (): Promise<unknown> =>
        endAttempt(store, seq, attemptId, INTERRUPTED_CALL, settings.redialPauseMs, at);
      void owed.write("the end of the call", end, log);
    } else if (!(error instanceof StoreUnavailableError)) {
      this.#fail(seq, "service_unavailable", clock());
    }
  }
}
