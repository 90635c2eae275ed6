import type { AriChannel, AriEvent } from "../ari/messages.js";
import { errorText } from "../log.js";
import { listEnded } from "../store/verifications.js";
import type { VerificationStatus } from "../verification/status.js";
import { afterAll } from "./after-all.js";
import type { Call } from "./call.js";
import type { CallParts } from "./call-parts.js";
import { drainCalls } from "./drain.js";
import { Reconciliation } from "./reconciliation.js";

/** Our name as a Stasis application; the dialplan has it too. */
export const APPLICATION = "honnin";

/** A channel of Asterisk's that no call here serves. */
export interface Unserved {
  readonly channel: AriChannel;
  /** What the dialplan says with it; null: it is not in our application. */
  readonly args: readonly string[] | null;
  /** `earlier`: it was there when the link came up, and may be another's. */
  readonly found: "now" | "earlier";
}

export type OnUnserved = (unserved: readonly Unserved[]) => void | Promise<void>;

/**
 * The calls in progress, out and in: tells them of the link to Asterisk and of the ends of their verifications, and
 * others of the channels that nobody serves.
 */
export class Calls {
  readonly #parts: Pick<CallParts, "ari" | "store" | "log">;
  readonly #calls = new Set<Call>();
  /** Those that know that their verifications have ended. */
  readonly #told = new WeakSet<Call>();
  readonly #onUnserved: OnUnserved[] = [];
  readonly #reconciliation: Reconciliation;
  /** Since the link came up the calls have not been told yet which of them live. */
  #unsettled = false;
  #off: (() => void)[] = [];

  constructor(parts: Pick<CallParts, "ari" | "store" | "log">) {
    this.#parts = parts;
    this.#reconciliation = new Reconciliation(parts.ari, parts.log, () => this.#reconcile());
  }

  /** Before {@link start}: nothing that comes is missed then. */
  onUnserved(listener: OnUnserved): void {
    this.#onUnserved.push(listener);
  }

  add(call: Call): void {
    this.#calls.add(call);
    void call.done.then(() => {
      this.#calls.delete(call);
    });
  }

  has(channelId: string): boolean {
    // A call that goes by another trunk is on another channel than it began on.
    return [...this.#calls].some((call) => call.channelId === channelId);
  }

  /** Listens, and asks Asterisk which channels it has. */
  async start(): Promise<void> {
    const { ari, store } = this.#parts;
    const ended = (seq: number, status: VerificationStatus): void => {
      for (const call of this.#calls) if (call.seq === seq) this.#tellEnd(call, status);
    };
    store.hints.on("ended", ended);
    this.#off = [
      () => store.hints.off("ended", ended),
      ari.onStray((event) => {
        this.#onStray(event);
      }),
      ari.onDown(() => {
        for (const call of this.#calls) call.linkDown();
      }),
      ari.onUp(() => {
        for (const call of this.#calls) call.linkBack();
        this.#unsettled = true;
        void this.#reconciliation.run();
      }),
      () => {
        this.#reconciliation.stop();
      },
    ];
    this.#unsettled = ari.up;
    if (ari.up) await this.#reconciliation.run();
  }

  /**
   * Resolves when the calls in progress have ended, or were cut at the deadline.
   *
   * @param coming whether there is one about to be.
   */
  async drain(ms: number, coming: () => boolean): Promise<void> {
    await drainCalls(
      () => this.#calls,
      () => this.#calls.size > 0 || coming(),
      ms,
    );
  }

  /** Hangs up all of them, which others have closed. Resolves when each has ended. */
  async cutAll(): Promise<void> {
    const calls = [...this.#calls];
    for (const call of calls) call.cut();
    await Promise.all(calls.map(({ done }) => done));
  }

  /** Tells the calls whose verifications another has ended; a hint of it may have got lost. */
  async lookForEnds(): Promise<void> {
    const untold = [...this.#calls].filter((call) => !this.#told.has(call));
    const seqs = untold.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
    if (seqs.length === 0) return;
    for (const { seq, status } of await listEnded(this.#parts.store.read, seqs)) {
      for (const call of untold) if (call.seq === seq && !call.isDeciding) this.#tellEnd(call, status);
    }
  }

  /** Listens no more; for when the link to Asterisk is about to be closed. */
  stop(): void {
    for (const off of this.#off) off();
  }

  #tellEnd(call: Call, status: VerificationStatus): void {
    this.#told.add(call);
    call.end(status);
  }

  #onStray(event: AriEvent): void {
    if (event.type !== "StasisStart") return;
    const { channel, args } = event;
    this.#tell([{ channel, args, found: "now" }]).catch((error: unknown) => {
      this.#parts.log.error("whose call it is could not be found out", {
        channel: channel.id,
        error: errorText(error),
      });
    });
  }

  #reconcile(): (channels: readonly AriChannel[]) => Promise<void> {
    const asked = [...this.#calls];
    return async (channels) => {
      const byId = new Map(channels.map((channel) => [channel.id, channel]));
      // Once a link: a question of those below that gets no answer is asked again, and what a call says is no matter of it.
      if (this.#unsettled) for (const call of asked) call.linkUp(byId.get(call.channelId));
      this.#unsettled = false;
      const unserved = channels.filter(({ id }) => !this.has(id));
      await this.#tell(unserved.map((channel) => ({ channel, args: argsOf(channel), found: "earlier" })));
    };
  }

  /** Rejects when one of them could not look, after all have. */
  async #tell(unserved: readonly Unserved[]): Promise<void> {
    await afterAll(this.#onUnserved.map(async (listener) => listener(unserved)));
  }
}

/** An Asterisk may have other applications than ours. */
function argsOf({ dialplan }: AriChannel): readonly string[] | null {
  if (dialplan?.app_name !== "Stasis") return null;
  const [application, ...args] = (dialplan.app_data ?? "").split(",");
  return application === APPLICATION ? args : null;
}
