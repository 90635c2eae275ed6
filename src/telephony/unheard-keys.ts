import type { AriConnection, ReceivedRtp } from "../ari/connection.js";
import { holdsEvents } from "./voice-flows.js";

interface UnheardKeysParts {
  readonly ari: Pick<AriConnection, "receivedRtp">;
  readonly channelId: string;
  /** Told at most once. */
  readonly onFound: () => Promise<void>;
}

/**
 * Finds out why nobody keys: telephone events by a payload number that was not agreed upon are dropped by Asterisk
 * without a word, also with `asymmetric_rtp_codec`, which is about voice. They are counted among what was received,
 * though. Asked only when a wait has passed on a call without any key.
 */
export class UnheardKeys {
  readonly #parts: UnheardKeysParts;
  readonly #answeredAt: number;
  readonly #now: () => number;
  /** Keys that were pressed before the answer count for nothing, and are no riddle. */
  readonly #before: Promise<ReceivedRtp | null>;
  #heard = false;
  #looking: Promise<void> = Promise.resolve();

  /** @param now milliseconds of a clock that never goes back. */
  constructor(parts: UnheardKeysParts, now = (): number => performance.now()) {
    this.#parts = parts;
    this.#now = now;
    this.#answeredAt = now();
    this.#before = parts.ari.receivedRtp(parts.channelId).catch(() => null);
  }

  /** A key was heard: there is nothing to find. */
  heard(): void {
    this.#heard = true;
  }

  look(): void {
    if (!this.#heard) this.#looking = this.#looking.then(() => this.#look());
  }

  /** Resolves, never rejects, when what was found is durable. */
  async looked(): Promise<void> {
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { ari, channelId, onFound } = this.#parts;
    try {
      const received = await ari.receivedRtp(channelId);
      if (this.#heard || received === null) return;
      if (!holdsEvents(since(await this.#before, received), this.#now() - this.#answeredAt)) return;
      this.#heard = true;
      await onFound();
    } catch {
      // The call goes its way without: the link is down, or the note was refused and said so.
    }
  }
}

/** What came between; all of it where another stream has begun meanwhile. */
function since(before: ReceivedRtp | null, { packets, octets }: ReceivedRtp): ReceivedRtp {
  if (before === null || before.packets > packets) return { packets, octets };
  return { packets: packets - before.packets, octets: octets - before.octets };
}
