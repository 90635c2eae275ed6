import { errorText } from "../log.js";
import { readClientOf } from "../store/stored-client-settings.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import type { Channel } from "../verification/request-terms.js";
import type { CallParts } from "./call-parts.js";
import type { CallQueue, ClientLimits, Waiting } from "./call-queue.js";
import { DueCalls } from "./due-calls.js";
import { Later } from "./later.js";

/** What is read of the client of a verification. */
type ClientOf = NonNullable<Awaited<ReturnType<typeof readClientOf>>>;

interface IntakeParts<Call extends Waiting> extends Pick<CallParts, "store" | "clock" | "log"> {
  /** Calls, or messages. */
  readonly channel: Channel;
  readonly queue: CallQueue<Call>;
  /** @param since when it was due, or was found to be. */
  readonly entry: (
    seq: number,
    client: ClientOf,
    since: number,
  ) => { readonly call: Call; readonly limits: ClientLimits };
  readonly onQueued: () => void;
  /** Undefined: what was due for long, or could not be queued, stays due. */
  readonly givesUp?: {
    /** Longest wait for a free line, milliseconds. */
    readonly afterMs: number;
    readonly onFailed: (seq: number, at: number) => void;
  };
}

const HINTS = { voice: "call_due", sms: "message_due" } as const;
const NAMES = { voice: "a call", sms: "a message" } as const;

/** Puts the calls, or messages, of the database into a queue when they are due. */
export class Intake<Call extends Waiting> {
  readonly #parts: IntakeParts<Call>;
  readonly #due: DueCalls;
  readonly #later = new Later();
  /** Those whose client is being read: a look at the database, or a hint, that comes meanwhile does not queue them twice. */
  readonly #queueing = new Set<number>();
  #stopped = false;
  #isPaused = false;
  /** When it went on after a pause, epoch milliseconds: nobody may have been there for what was due meanwhile. */
  #wentOnAt = -Infinity;
  readonly #onHint = (seq: number, at: number): void => {
    this.#enqueue(seq, at);
  };

  readonly #onBegun = (seq: number): void => {
    const { queue, clock } = this.#parts;
    queue.drop(seq, clock());
  };

  constructor(parts: IntakeParts<Call>) {
    this.#parts = parts;
    const { store, clock, log, channel } = parts;
    const found = (seq: number, at: number): void => {
      this.#onDue(seq, at);
    };
    this.#due = new DueCalls(store, clock, log, found, channel);
  }

  /** Those that are due later. */
  later(): Iterable<number> {
    return this.#later.seqs();
  }

  /** Listens for what becomes due, and takes over what waits. */
  async start(): Promise<void> {
    const { store, channel } = this.#parts;
    store.hints.on(HINTS[channel], this.#onHint).on("begun", this.#onBegun);
    await this.#due.start();
  }

  /** Whether others dial what waits. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** What was due meanwhile is due from now on, and waits for its line no longer than that. */
  goOn(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#wentOnAt = this.#parts.clock();
    this.#parts.queue.waitFrom(this.#wentOnAt);
  }

  stop(): void {
    const { store, channel } = this.#parts;
    this.#stopped = true;
    store.hints.off(HINTS[channel], this.#onHint).off("begun", this.#onBegun);
    this.#due.stop();
    this.#later.stop();
  }

  /** One that nobody waits for any more was let go by a commit that was refused. */
  #onDue(seq: number, at: number): void {
    if (this.#isPaused) return;
    const { queue, clock, givesUp } = this.#parts;
    if (queue.has(seq) || this.#later.has(seq)) return;
    const now = clock();
    const since = Math.max(at, this.#wentOnAt);
    if (givesUp !== undefined && since < now - givesUp.afterMs) givesUp.onFailed(seq, now);
    else if (at > now) this.#enqueue(seq, at);
    else void this.#queueUp(seq, since);
  }

  #enqueue(seq: number, at: number): void {
    if (this.#stopped || this.#isPaused) return;
    const now = this.#parts.clock();
    this.#later.drop(seq);
    if (at <= now) void this.#queueUp(seq, now);
    else this.#later.set(seq, at - now, () => void this.#queueUp(seq, this.#parts.clock()));
  }

  async #queueUp(seq: number, since: number): Promise<void> {
    const { store, channel, queue, entry, onQueued, givesUp, log } = this.#parts;
    if (this.#queueing.has(seq)) return;
    this.#queueing.add(seq);
    try {
      const client = await readClientOf(store.read, seq);
      if (client === undefined) return;
      const { call, limits } = entry(seq, client, since);
      queue.push(call, limits);
    } catch (error) {
      if (this.#stopped) return;
      log.error(`${NAMES[channel]} could not be queued`, { seq, error: errorText(error) });
      // Where the database was away it is due still, and found by the next look.
      if (!(error instanceof StoreUnavailableError)) givesUp?.onFailed(seq, since);
    } finally {
      this.#queueing.delete(seq);
    }
    onQueued();
  }
}
