import { writeFile } from "node:fs/promises";

import { decodeAlaw, decodeUlaw } from "./g711.js";
import type { SoundPacket } from "./recording.js";
import { WaitingRoom } from "./waiting.js";

/** 20 ms of sound as it arrived. */
export interface HeardPacket extends SoundPacket {
  readonly pcm: Int16Array;
  readonly loud: boolean;
}

/** Mean amplitude (of 32,767) from which a packet counts as speech; comfort noise and dither stay below. */
const LOUD = 150;
const SAMPLES_PER_MS = 8;
/** A pause between arrivals longer than this was a pause in sending, not jitter. */
const PAUSE_MS = 60;

/** What a telephone has heard on its call: 16-bit PCM at 8 kHz, with the times of arrival. */
export class Heard {
  readonly #packets: HeardPacket[] = [];
  readonly #room = new WaitingRoom();

  get packets(): readonly HeardPacket[] {
    return this.#packets;
  }

  /** When the last speech arrived (ms since 1970), if there was any. */
  get lastSpeechAt(): number | undefined {
    return this.#packets.findLast((packet) => packet.loud)?.at;
  }

  /** Everything heard, the pauses in their length: sample n was heard 1/8 n ms after the first packet. */
  get pcm(): Int16Array {
    const first = this.#packets[0];
    const last = this.#packets.at(-1);
    if (!first || !last) return new Int16Array(0);
    const pcm = new Int16Array(Math.ceil((last.at - first.at + 1000) * SAMPLES_PER_MS));
    let end = 0;
    for (const packet of this.#packets) {
      const arrival = Math.round((packet.at - first.at) * SAMPLES_PER_MS);
      if (arrival - end > PAUSE_MS * SAMPLES_PER_MS) end = arrival;
      if (end + packet.pcm.length > pcm.length) break;
      pcm.set(packet.pcm, end);
      end += packet.pcm.length;
    }
    return pcm.subarray(0, end);
  }

  /** Called by the RTP endpoint for each packet of sound. */
  add(packet: SoundPacket): void {
    const pcm = packet.law === "ulaw" ? decodeUlaw(packet.bytes) : decodeAlaw(packet.bytes);
    let sum = 0;
    for (const sample of pcm) sum += Math.abs(sample);
    this.#packets.push({ ...packet, pcm, loud: sum > LOUD * pcm.length });
    this.#room.look();
  }

  /**
   * Waits until the other side speaks. Resolves at once if it is speaking, else with the
   * arrival (ms since 1970) of its first sound after `since` (default: now).
   */
  async speech(ms = 10_000, since = now() - PAUSE_MS): Promise<number> {
    return this.#room.until(() => this.#packets.find((p) => p.loud && p.at >= since)?.at, ms, "speech");
  }

  /**
   * Waits until the other side has been silent for `quietMs`: longer than the pauses inside
   * its sentences. Resolves with the arrival of the last sound before that silence.
   */
  async silence(quietMs = 500, ms = 30_000): Promise<number> {
    const start = now();
    const deadline = start + ms;
    for (;;) {
      const last = this.lastSpeechAt ?? start;
      const quietAt = last + quietMs;
      if (now() >= quietAt) return last;
      const left = Math.min(quietAt, deadline) - now();
      // Silence sends no event: it is the absence of speech until the moment it is long enough.
      await this.#room
        .until(() => (this.#closed ? true : undefined), Math.max(1, left), "silence")
        .catch(() => undefined);
      if (this.#closed) return this.lastSpeechAt ?? start;
      if (now() >= deadline) throw new Error(`the other side went on speaking for ${ms} ms`);
    }
  }

  /**
   * Whether `recording` (PCM, 8 kHz) was heard: looks for `lengthMs` of it from `fromMs` on, by
   * correlation, so that it may have passed another codec on its way. Returns where, in ms from
   * the first packet, or undefined. Take a stretch that tells the recording from all others.
   */
  find(recording: Int16Array, { fromMs = 0, lengthMs = 250 } = {}): number | undefined {
    const piece = recording.subarray(fromMs * SAMPLES_PER_MS, (fromMs + lengthMs) * SAMPLES_PER_MS);
    const pcm = this.pcm;
    const pieceEnergy = energy(piece, 0, piece.length);
    if (pieceEnergy === 0) throw new RangeError("that stretch of the recording is silent");
    let windowEnergy = energy(pcm, 0, piece.length);
    for (let offset = 0; offset + piece.length <= pcm.length; offset += 1) {
      if (windowEnergy > pieceEnergy / 4 && correlates(pcm, offset, piece, pieceEnergy, windowEnergy)) {
        return offset / SAMPLES_PER_MS;
      }
      windowEnergy += (pcm[offset + piece.length] ?? 0) ** 2 - (pcm[offset] ?? 0) ** 2;
    }
    return undefined;
  }

  /** Keeps what was heard for human ears, as a WAV file. */
  async saveWav(file: string): Promise<void> {
    const pcm = this.pcm;
    const header = Buffer.alloc(44);
    header.write("RIFF", 0);
    header.writeUInt32LE(36 + pcm.byteLength, 4);
    header.write("WAVEfmt ", 8);
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt32LE(8000, 24);
    header.writeUInt32LE(16_000, 28);
    header.writeUInt16LE(2, 32);
    header.writeUInt16LE(16, 34);
    header.write("data", 36);
    header.writeUInt32LE(pcm.byteLength, 40);
    await writeFile(
      file,
      Buffer.concat([header, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)]),
    );
  }

  #closed = false;

  /** The telephone is gone: nothing more will be heard. */
  close(): void {
    this.#closed = true;
    this.#room.close(new Error("the telephone was put away"));
  }
}

const LIKE = 0.95;

function correlates(
  pcm: Int16Array,
  offset: number,
  piece: Int16Array,
  pieceEnergy: number,
  windowEnergy: number,
): boolean {
  let product = 0;
  for (let n = 0; n < piece.length; n += 1) product += (pcm[offset + n] ?? 0) * (piece[n] ?? 0);
  return product / Math.sqrt(pieceEnergy * windowEnergy) > LIKE;
}

function energy(pcm: Int16Array, from: number, length: number): number {
  let sum = 0;
  for (let n = from; n < from + length; n += 1) sum += (pcm[n] ?? 0) ** 2;
  return sum;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
