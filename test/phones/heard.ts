import { decodeAlaw, decodeUlaw } from "./g711.js";
import type { SoundPacket } from "./recording.js";
import { PATIENCE_MS, WaitingRoom } from "./waiting.js";

/** 20 ms of sound as it arrived. */
export interface HeardPacket extends SoundPacket {
  readonly loud: boolean;
}

/** Mean amplitude (of 32,767) from which a packet counts as speech; comfort noise and dither stay below. */
const LOUD = 150;

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const AMPLITUDES = {
  ulaw: decodeUlaw(ALL_BYTES).map(Math.abs),
  alaw: decodeAlaw(ALL_BYTES).map(Math.abs),
};

/** What a telephone has heard on its call: sound with the times of arrival. */
export class Heard {
  readonly #packets: HeardPacket[] = [];
  readonly #room = new WaitingRoom();
  readonly #catchUp: () => Promise<void>;
  #closed = false;

  /** `catchUp` resolves when everything that has arrived at the telephone was added. */
  constructor(catchUp: () => Promise<void>) {
    this.#catchUp = catchUp;
  }

  get packets(): readonly HeardPacket[] {
    return this.#packets;
  }

  /** When the last speech arrived (ms since 1970), if there was any. */
  get lastSpeechAt(): number | undefined {
    return this.#packets.findLast((packet) => packet.loud)?.at;
  }

  /** Called for each packet of sound, as it comes. */
  add(packet: SoundPacket): void {
    const amplitudes = AMPLITUDES[packet.law];
    let sum = 0;
    for (const byte of packet.bytes) sum += amplitudes[byte] ?? 0;
    this.#packets.push({ ...packet, loud: sum > LOUD * packet.bytes.length });
    this.#room.look();
  }

  /** Waits until the other side has spoken. Resolves with the arrival of its first sound (after `since`), ms since 1970. */
  async speech({ since = 0, ms = PATIENCE_MS } = {}): Promise<number> {
    const spoken = (packet: HeardPacket): boolean => packet.loud && packet.at >= since;
    return this.#room.until(() => this.#packets.find(spoken)?.at, ms, "speech");
  }

  /**
   * Waits until the other side has been silent for `quietMs`: longer than the pauses inside
   * its sentences. Resolves with the arrival of the last sound before that silence.
   */
  async silence(quietMs = 500, ms = 2 * PATIENCE_MS): Promise<number> {
    const start = now();
    const deadline = start + ms;
    for (;;) {
      const asked = now();
      await this.#catchUp();
      const last = this.lastSpeechAt ?? start;
      const quietAt = last + quietMs;
      if (this.#closed || asked >= quietAt) return last;
      if (asked >= deadline) throw new Error(`the other side went on speaking for ${ms} ms`);
      // Silence sends no event: it is the absence of speech until the moment it is long enough.
      await this.#room
        .until(() => (this.#closed ? true : undefined), Math.max(1, quietAt - now()), "silence")
        .catch(() => undefined);
    }
  }

  /** The telephone is gone: nothing more will be heard. */
  close(): void {
    this.#closed = true;
    this.#room.close(new Error("the telephone was put away"));
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
