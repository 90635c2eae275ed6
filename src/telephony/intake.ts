import { errorText } from "../log.js";
import { readClientOf } from "../store/stored-client-settings.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import type { ClientSettings } from "../clients/client-settings.js";
import type { CallParts } from "./call-parts.js";
import type { CallQueue, ClientLimits, WaitingCall } from "./call-queue.js";
import { DueCalls } from "./due-calls.js";
import { Later } from "./later.js";

interface IntakeParts extends Pick<CallParts, "store" | "clock" | "log"> {
  readonly queue: CallQueue<WaitingCall>;
  readonly limitsOf: (client: ClientSettings) => ClientLimits;
  /** Longest wait for a free line, milliseconds. */
  readonly maxQueueMs: number;
  readonly onQueued: () => void;
  /** It was due for too long, or cannot be queued. */
  readonly onFailed: (seq: number, at: number) => void;
}

/** Puts the calls of the database into the dialer's queue when they are due. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #due: DueCalls;
  readonly #later = new Later();
  /** Those whose client is being read: a look at the database, or a hint, that comes meanwhile does not queue them twice. */
  readonly #queueing = new Set<number>();
  #stopped = false;
  /** Others dial what waits; it may be asked to again. */
  isPaused = false;
  readonly #onHint = (seq: number, at: number): void => {
    this.#enqueue(seq, at);
  };

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#due = new DueCalls(parts.store, parts.clock, parts.log, (seq, at) => {
      this.#onDue(seq, at);
    });
  }

  /** Those that are due later. */
  later(): Iterable<number> {
    return this.#later.seqs();
  }

  /** Listens for what becomes due, and takes over what waits. */
  async start(): Promise<void> {
    this.#parts.store.hints.on("call_due", this.#onHint);
    await this.#due.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.store.hints.off("call_due", this.#onHint);
    this.#due.stop();
    this.#later.stop();
  }

  /** One that nobody waits for any more was let go by a commit that was refused. */
  #onDue(seq: number, at: number): void {
    if (this.isPaused) return;
    const { queue, clock, maxQueueMs, onFailed } = this.#parts;
    if (queue.has(seq) || this.#later.has(seq)) return;
    const now = clock();
    if (at < now - maxQueueMs) onFailed(seq, now);
    else if (at > now) this.#enqueue(seq, at);
    else void this.#queueUp(seq, at);
  }

  #enqueue(seq: number, at: number): void {
    if (this.#stopped || this.isPaused) return;
    const now = this.#parts.clock();
    if (at <= now) void this.#queueUp(seq, now);
    else this.#later.set(seq, at - now, () => void this.#queueUp(seq, this.#parts.clock()));
  }

  async #queueUp(seq: number, since: number): Promise<void> {
    const { store, queue, limitsOf, onQueued, onFailed, log } = this.#parts;
    if (this.#queueing.has(seq)) return;
    this.#queueing.add(seq);
    try {
      const client = await readClientOf(store.read, seq);
      if (client === undefined) return;
      const number = client.numberIndex.toString("hex");
      const to = store.vault.decipherNumber(client.numberCipher);
      queue.push({ seq, clientId: client.clientId, number, to, since }, limitsOf(client.settings));
    } catch (error) {
      if (this.#stopped) return;
      log.error("a call could not be queued", { seq, error: errorText(error) });
      // Where the database was away it is due still, and found by the next look.
      if (!(error instanceof StoreUnavailableError)) onFailed(seq, since);
    } finally {
      this.#queueing.delete(seq);
    }
    onQueued();
  }
}
