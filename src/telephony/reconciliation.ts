import type { AriConnection } from "../ari/connection.js";
import type { AriChannel } from "../ari/messages.js";
import { errorText, type Logger } from "../log.js";

/** Between a question that got no answer and the next, milliseconds. */
const AGAIN_MS = 2_000;

type ReconciledAri = Pick<AriConnection, "up" | "listChannels">;

/**
 * Nothing is replayed after a lost link: Asterisk is asked which channels live. Asked again until it answers, for as
 * long as the link stands: it is slow just then, often, and who is not looked after is a person on a silent line.
 */
export class Reconciliation {
  readonly #ari: ReconciledAri;
  readonly #log: Logger;
  readonly #begin: () => (channels: readonly AriChannel[]) => void | Promise<void>;
  #round = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param begin called before each question: a call placed while it is under way is not in the answer, and lives.
   *   What it returns is given the answer.
   */
  constructor(
    ari: ReconciledAri,
    log: Logger,
    begin: () => (channels: readonly AriChannel[]) => void | Promise<void>,
  ) {
    this.#ari = ari;
    this.#log = log;
    this.#begin = begin;
  }

  /** Resolves when the question was answered or not; never rejects. A round under way gives way to this one. */
  async run(): Promise<void> {
    clearTimeout(this.#timer);
    const round = (this.#round += 1);
    try {
      const settle = this.#begin();
      const channels = await this.#ari.listChannels();
      if (round === this.#round) await settle(channels);
    } catch (error) {
      this.#log.warn("the channels could not be reconciled", { error: errorText(error) });
      // A link that is down comes up by itself, and then there is a new round.
      if (round !== this.#round || !this.#ari.up) return;
      this.#timer = setTimeout(() => void this.run(), AGAIN_MS);
    }
  }

  stop(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
  }
}
