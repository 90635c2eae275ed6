import { randomUUID } from "node:crypto";
import type { AriConnection } from "../ari/connection.js";
import { errorText, type Logger } from "../log.js";

/** Says something on an answered call to which no answer is awaited, then calls `then`, once. */
export class Guidance {
  readonly #then: () => void;
  #playbackId: string | null = randomUUID();

  constructor(then: () => void) {
    this.#then = then;
  }

  /** @param files absolute paths without ending. */
  say(ari: AriConnection, channelId: string, files: readonly string[], log: Logger): void {
    if (this.#playbackId === null) return;
    ari.play(channelId, this.#playbackId, files).catch((error: unknown) => {
      // Silence is better than a line that hangs: go on as if it had been heard.
      log.warn("guidance could not be played", { error: errorText(error) });
      this.#heard();
    });
  }

  onPlayed(playbackId: string): void {
    if (playbackId === this.#playbackId) this.#heard();
  }

  /** After a lost and regained link: its end may have been missed, so nobody waits for it. */
  resume(): void {
    this.#heard();
  }

  #heard(): void {
    if (this.#playbackId === null) return;
    this.#playbackId = null;
    this.#then();
  }
}
