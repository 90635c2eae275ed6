import { randomUUID } from "node:crypto";
import type { AriConnection } from "../ari/connection.js";

/**
 * How often the piece of silence (3 s) is played before it is begun anew. Between two, for the time of one
 * request, quick keys can come twice; but should a stop fail, the next prompt waits for all of them.
 */
const PIECES = 4;
/** Over sooner than this (ms) means that nothing was played: a file is missing. Beginning anew would never end. */
const TOO_SOON_MS = 1_000;

type ListeningAri = Pick<AriConnection, "play" | "pausePlayback" | "stopPlayback">;

/**
 * Keeps Asterisk at playing while a person keys, for the sake of the keys: silence, or the prompt that
 * the first key has interrupted, paused. Asterisk 22 tells ARI of a key once
 * more whenever it puts the key's end back into its queue, which it does with one that comes within
 * 45 ms of the last, or while it makes up the length of one that had no beginning (`__ast_read`
 * in main/channel.c). While it plays a file it takes each end as it comes (AST_FLAG_END_DTMF_ONLY,
 * set by `waitstream_core` in main/file.c). docs/decisions/0014 has the figures.
 */
export class Listening {
  readonly #ari: ListeningAri;
  readonly #channelId: string;
  readonly #file: string;
  readonly #now: () => number;
  #begunAt = 0;
  #playbackId: string | null = null;
  /** What could not be stopped for want of a link. A paused prompt never ends by itself, and holds up all after it. */
  readonly #unstopped = new Set<string>();

  /**
   * @param file absolute path of a silent piece (3 s), without ending.
   * @param now milliseconds of a clock that never goes back.
   */
  constructor(ari: ListeningAri, channelId: string, file: string, now = (): number => performance.now()) {
    this.#ari = ari;
    this.#channelId = channelId;
    this.#file = file;
    this.#now = now;
  }

  /**
   * A key has interrupted this prompt. It is paused, which keeps Asterisk as attentive as playing does and
   * costs one request where stopping it and playing silence would cost two.
   */
  interrupt(playbackId: string): void {
    this.end();
    this.#playbackId = playbackId;
    this.#begunAt = -Infinity;
    this.#ari.pausePlayback(playbackId).catch(() => {
      // Not begun yet, or over: silence then.
      if (this.#playbackId !== playbackId) return;
      this.end();
      this.#play();
    });
  }

  /** Harmless when it has begun. */
  begin(): void {
    if (this.#playbackId === null) this.#play();
  }

  /** Something else is to be played. Harmless when it has not begun. */
  end(): void {
    const playbackId = this.#playbackId;
    this.#playbackId = null;
    if (playbackId === null) return;
    const stop = (): Promise<void> => this.#ari.stopPlayback(playbackId);
    // Asterisk refuses with 500 in the moment in which a playback begins; what follows would wait for its end.
    stop()
      .catch(stop)
      // The channel may be gone, and the silence with it.
      .catch(() => this.#unstopped.add(playbackId));
  }

  /** The link is back: what it kept from being stopped is stopped now. */
  relink(): void {
    this.end();
    for (const playbackId of this.#unstopped) {
      this.#ari.stopPlayback(playbackId).then(
        () => this.#unstopped.delete(playbackId),
        () => undefined,
      );
    }
  }

  /** The call is over, and the silence with it. */
  forget(): void {
    this.#playbackId = null;
  }

  onPlayed(playbackId: string): void {
    if (playbackId !== this.#playbackId) return;
    this.#playbackId = null;
    if (this.#now() - this.#begunAt >= TOO_SOON_MS) this.#play();
  }

  #play(): void {
    const playbackId = randomUUID();
    this.#playbackId = playbackId;
    this.#begunAt = this.#now();
    const pieces = Array.from({ length: PIECES }, () => this.#file);
    this.#ari.play(this.#channelId, playbackId, pieces).catch(() => {
      // Keys are heard without it too.
      if (this.#playbackId === playbackId) this.#playbackId = null;
    });
  }
}
