import type { Socket } from "node:dgram";
import { once } from "node:events";
import { setImmediate as immediately } from "node:timers/promises";

import { dtmfTones } from "./dtmf-tones.js";
import { ULAW_SILENCE } from "./g711.js";
import { bindUdpPorts } from "./ports.js";
import type { SoundPacket } from "./recording.js";
import { readRtp, type RtpPacket, writeRtp } from "./rtp-packet.js";
import { SlowNetwork } from "./slow-network.js";
import {
  type EventPacket,
  type EventPlan,
  type KeyTiming,
  type Loss,
  planEvents,
  readEvent,
} from "./telephone-events.js";

/** When a key went down and when it was let go, as its packets left: ms since 1970. */
export interface KeyPress {
  readonly downAt: number;
  readonly upAt: number;
}

/** Who is told of what an endpoint hears and does, as it happens. */
export interface RtpListener {
  sound(packet: SoundPacket): void;
  /** The other side has pressed a key. */
  key(key: string): void;
  /** The nth key (from 0) went down, or was let go. */
  press(nth: number, press: KeyPress): void;
}

const FRAME_MS = 20;
const FRAME_UNITS = 160;
const ULAW = 0;
const ALAW = 8;
/** Comfort noise (RFC 3389): one octet of level, -dBov. */
const CN = 13;
const CN_LEVEL = new Uint8Array([60]);
const SILENCE = new Uint8Array(FRAME_UNITS).fill(ULAW_SILENCE);

/** How a telephone of the field presses keys, where it does so in its own way. */
export interface Manner {
  /** Makes its packets of those that RFC 4733 asks for. */
  readonly bend?: (plan: EventPlan) => EventPlan;
  /** What it sends while no key is down; silence when not given. */
  readonly between?: "comfort noise" | "nothing";
  /** What is heard beside the events while a key is down; nothing when not given. */
  readonly beside?: "voice" | "tones";
  /** Not the one that was agreed. */
  readonly payloadType?: number;
}

/** One 20 ms slot of what the telephone sends, when it is anything but silence. */
export interface Frame {
  readonly events: readonly EventPacket[];
  /** RTP timestamp of the key string's beginning, relative to this frame, in units. */
  readonly eventOffset: number;
  readonly sound?: Uint8Array;
  /** A key is down: no sound is sent beside its events. */
  readonly keying: boolean;
  /** Where there is no sound and no key is down: silence when not given. */
  readonly between?: "comfort noise" | "nothing";
  /** Of a string of keys: sent at its own pace. */
  readonly paced: boolean;
  /** Of the events, where it is not what was agreed. */
  readonly payloadType?: number;
}

type QueuedFrame = Frame & { readonly sent?: () => void };

/** Keys as telephone events, and the gap after the last one. */
export function keyFrames(keys: string, options: Partial<KeyTiming> & Loss & Manner = {}): Frame[] {
  const { bend = (plan: EventPlan): EventPlan => plan, between, beside, payloadType } = options;
  const { packets, lengthMs } = bend(planEvents(keys, options));
  const slots = Math.ceil(lengthMs / FRAME_MS);
  const tones = beside === "tones" ? dtmfTones(keys, options) : undefined;
  const frames: Frame[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    const events = packets.filter((packet) => Math.floor(packet.atMs / FRAME_MS) === slot);
    // In the slot that holds an event's end the sound has begun again.
    const keying = events.length === 1 && beside === undefined;
    const sound = tones?.subarray(slot * FRAME_UNITS, (slot + 1) * FRAME_UNITS);
    frames.push({
      events,
      eventOffset: -slot * FRAME_UNITS,
      keying,
      // What is beside keeps the time: a length that is told is the true one then.
      paced: beside === undefined,
      ...(between === undefined ? {} : { between }),
      ...(payloadType === undefined ? {} : { payloadType }),
      ...(sound === undefined ? {} : { sound }),
    });
  }
  return frames;
}

/** Mu-law at 8 kHz: recorded speech, a fax, in-band tones. */
export function soundFrames(ulaw: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (let offset = 0; offset < ulaw.length; offset += FRAME_UNITS) {
    const sound = ulaw.subarray(offset, offset + FRAME_UNITS);
    frames.push({ events: [], eventOffset: 0, keying: false, paced: false, sound });
  }
  return frames;
}

/**
 * The ear, the mouth and the keypad of a telephone: the RTP port that its SDP names.
 *
 * SIPp can neither record what it hears nor press a key on demand, and plays captures through
 * raw sockets, as root. So SIPp keeps the signalling, and its SDP names this port.
 */
export class RtpEndpoint {
  readonly port: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #network: SlowNetwork;
  readonly #eventType: number;
  readonly #listener: RtpListener;
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32);
  readonly #frames: QueuedFrame[] = [];
  #received = 0;
  #pressed = -1;
  #downAt: number | undefined;
  #lastEventHeard = "";
  #peer: { readonly address: string; readonly port: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sequence = Math.floor(Math.random() * 2 ** 15);
  #timestamp = Math.floor(Math.random() * 2 ** 31);
  #nextFrameAt = 0;
  #muted = false;

  private constructor(rtp: Socket, rtcp: Socket, eventType: number, listener: RtpListener) {
    this.port = rtp.address().port;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#network = new SlowNetwork(rtp);
    this.#eventType = eventType;
    this.#listener = listener;
    rtp.on("message", (bytes) => {
      this.#receive(bytes);
    });
    // An ICMP "port unreachable" after the other side has closed is no failure of this one.
    rtp.on("error", () => undefined);
    rtcp.on("error", () => undefined);
  }

  /** `telephoneEventType`: the RTP payload type that offer and answer agree on; Asterisk offers 101. */
  static async open(listener: RtpListener, { telephoneEventType = 101 } = {}): Promise<RtpEndpoint> {
    // RTCP is taken in and ignored: unreachable, it would cost Asterisk an ICMP error each report.
    const [rtp, rtcp] = await bindUdpPorts(2);
    return new RtpEndpoint(rtp!, rtcp!, telephoneEventType, listener);
  }

  /** Begins to send (silence, until told otherwise) to where the other side's SDP says. */
  talkTo(address: string, port: number): void {
    this.#peer = { address, port };
    if (this.#timer) return;
    this.#nextFrameAt = performance.now();
    this.#timer = setInterval(() => {
      this.#sendDue();
    }, FRAME_MS / 2);
  }

  /** From now on sends nothing while it has nothing to say: a trunk that suppresses silence. */
  mute(): void {
    this.#muted = true;
  }

  /** The call is over: stops sending. Keys not yet sent are forgotten. */
  hush(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const frame of this.#frames.splice(0)) frame.sent?.();
  }

  /** The network holds everything back for so long and then delivers it at once. */
  stall(ms: number): void {
    this.#network.stall(ms);
  }

  /** Sends them after what waits already; resolves when the last one has left. */
  async send(frames: readonly Frame[]): Promise<void> {
    const last = frames.at(-1);
    if (!last) return;
    if (!this.#timer) throw new Error("the telephone is not in a call");
    await new Promise<void>((sent) => {
      this.#frames.push(...frames.slice(0, -1), { ...last, sent });
    });
  }

  /** Resolves when everything that has arrived so far was told to the listener. */
  async catchUp(): Promise<void> {
    for (let before = -1; before !== this.#received;) {
      before = this.#received;
      // The first is due in the turn that has read its packets already.
      await immediately();
      await immediately();
    }
  }

  async close(): Promise<void> {
    this.hush();
    this.#network.close();
    await this.catchUp();
    const closed = Promise.all([once(this.#rtp, "close"), once(this.#rtcp, "close")]);
    this.#rtp.close();
    this.#rtcp.close();
    await closed;
  }

  /**
   * Catches up by the clock: a busy machine delays frames, but loses none and shifts none. A finger does not
   * catch up, and Asterisk 16 doubles a key that arrives in one burst with the key before it.
   */
  #sendDue(): void {
    while (this.#timer && performance.now() >= this.#nextFrameAt) {
      this.#nextFrameAt += FRAME_MS;
      const frame = this.#frames.shift();
      if (frame?.paced === true)
        this.#nextFrameAt = Math.max(this.#nextFrameAt, performance.now() + FRAME_MS);
      for (const event of frame?.events ?? []) {
        this.#notePress(event);
        const { marker, payload, extended } = event;
        const timestamp = frame!.eventOffset + event.timestamp;
        const packet = { payloadType: frame!.payloadType ?? this.#eventType, marker, timestamp, payload };
        this.#send({ ...packet, ...(extended === undefined ? {} : { extended }) }, event);
      }
      if (frame?.keying !== true) this.#sendSound(frame);
      this.#timestamp += FRAME_UNITS;
      frame?.sent?.();
    }
  }

  #notePress(event: EventPacket): void {
    const now = performance.timeOrigin + performance.now();
    if (event.marker) {
      this.#pressed += 1;
      this.#downAt = now;
      this.#listener.press(this.#pressed, { downAt: now, upAt: now });
    } else if (this.#downAt !== undefined && readEvent(event.payload)?.end === true) {
      this.#listener.press(this.#pressed, { downAt: this.#downAt, upAt: now });
      this.#downAt = undefined;
    }
  }

  #sendSound(frame: Frame | undefined): void {
    const between = frame?.between ?? (this.#muted ? "nothing" : undefined);
    const silence = { payloadType: ULAW, marker: false, timestamp: 0, payload: SILENCE };
    if (frame?.sound !== undefined) this.#send({ ...silence, payload: frame.sound });
    else if (between === undefined) this.#send(silence);
    else if (between === "comfort noise") this.#send({ ...silence, payloadType: CN, payload: CN_LEVEL });
  }

  /** @param packet its timestamp relative to this frame. */
  #send(packet: Omit<RtpPacket, "sequence" | "ssrc">, way: Partial<EventPacket> = {}): void {
    const { copies = 1, ssrcShift = 0, behind = 0 } = way;
    this.#sequence += 1;
    const timestamp = this.#timestamp + packet.timestamp;
    const bytes = writeRtp({ ...packet, sequence: this.#sequence, timestamp, ssrc: this.#ssrc + ssrcShift });
    for (let copy = 0; copy < copies; copy += 1) this.#network.send(bytes, this.#peer!, behind);
  }

  #receive(bytes: Buffer): void {
    this.#received += 1;
    const packet = readRtp(bytes);
    if (!packet) return;
    if (packet.payloadType === ULAW || packet.payloadType === ALAW) {
      const at = performance.timeOrigin + performance.now();
      const law = packet.payloadType === ULAW ? "ulaw" : "alaw";
      const { sequence, ssrc: stream } = packet;
      // A copy: the socket's buffer is shared by many packets.
      this.#listener.sound({ at, sequence, stream, law, bytes: new Uint8Array(packet.payload) });
    } else if (packet.payloadType === this.#eventType) {
      // All packets of one event carry the timestamp of its beginning.
      const event = `${packet.ssrc}/${packet.timestamp}`;
      const key = readEvent(packet.payload)?.key;
      if (key === undefined || event === this.#lastEventHeard) return;
      this.#lastEventHeard = event;
      this.#listener.key(key);
    }
  }
}
