import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { endsInHep, type HepEnd, sipInHep } from "./hep-packet.js";
import { readInfoKey } from "./info-key.js";
import { InfoKeys } from "./info-keys.js";
import { readNamedMedia } from "./named-media.js";
import { NamedPlaces } from "./named-places.js";
import { RecentCalls } from "./recent-calls.js";
import { readProvisional } from "./provisional-answer.js";
import { RegisterAnswers } from "./register-answers.js";
import { type Refusal, readRefusal } from "./sip-refusal.js";
import { readVoiceOffer } from "./voice-offer.js";

/** Longest wait for a copy that Asterisk has sent and that has not come, milliseconds; 1 ms is usual. */
const PATIENCE_MS = 500;

/** As far as the system permits it (rmem_max). */
const RECEIVE_BYTES = 2 ** 20;

/** A SIP message as Asterisk heard or said it. */
export interface SipCopy {
  readonly from: HepEnd;
  readonly to: HepEnd;
  readonly message: Buffer;
}

/** What has been heard of calls and is asked for by the Call-ID, before it comes or after. */
class Memory<T> {
  readonly #known = new RecentCalls<T>();
  readonly #asked = new Map<string, (value: T | undefined) => void>();

  note(callId: string, value: T): void {
    this.#known.note(callId, value);
    this.#asked.get(callId)?.(value);
  }

  /** @returns undefined when nothing that fits came in time. */
  take(callId: string, fits: (value: T) => boolean): Promise<T | undefined> {
    const known = this.#known.get(callId);
    if (known !== undefined && fits(known)) return Promise.resolve(known);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        settle(undefined);
      }, PATIENCE_MS);
      const settle = (value: T | undefined): void => {
        if (value !== undefined && !fits(value)) return;
        clearTimeout(timer);
        this.#asked.delete(callId);
        resolve(value);
      };
      this.#asked.set(callId, settle);
    });
  }

  giveUp(): void {
    for (const settle of [...this.#asked.values()]) settle(undefined);
  }
}

/**
 * Hears what the trunk says when it refuses a call. Asterisk itself does not tell: since 22.7 its
 * `chan_pjsip_session_end` puts its own translation of the SIP status in the place of the cause that
 * `res_pjsip_rfc3326` had read, and its functions read the headers of 200 alone. So `res_hep_pjsip` sends copies of
 * the SIP messages here, over loopback; whoever does not know the password is not heard. The same copies show what kind
 * of voice a call offers, where its voice is to go, and which keys came by SIP INFO, which nothing else tells either.
 */
export class SipCapture {
  readonly port: number;
  readonly password: string;
  readonly #socket: Socket;
  readonly #refusals = new Memory<Refusal>();
  readonly #offersEncrypted = new Memory<boolean>();
  readonly #infoKeys = new InfoKeys();
  readonly #namedPlaces = new NamedPlaces();
  readonly #registerAnswers = new RegisterAnswers();
  readonly #provisional = new RecentCalls<number>();
  readonly #watchers = new Set<(copy: SipCopy) => void>();
  #closed = false;

  private constructor(socket: Socket, password: string) {
    this.#socket = socket;
    this.port = socket.address().port;
    this.password = password;
    const key = Buffer.from(password);
    socket.on("message", (packet) => {
      const message = sipInHep(packet, key);
      if (message === undefined) return;
      this.#hear(message);
      if (this.#watchers.size > 0) this.#show(packet, message);
    });
    // Nothing is sent, so nothing that could fail is owed to anybody.
    socket.on("error", () => undefined);
  }

  static async open(): Promise<SipCapture> {
    // A loop that is held up for a moment finds there what came meanwhile.
    const socket = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BYTES });
    const listening = once(socket, "listening");
    socket.bind(0, "127.0.0.1");
    await listening;
    return new SipCapture(socket, randomBytes(24).toString("base64url"));
  }

  /** How the INVITE of this Call-ID was refused: its last refusal, for a challenge comes before. */
  refusalOf(callId: string, status: number): Promise<Refusal | undefined> {
    return this.#refusals.take(callId, (refusal) => refusal.status === status);
  }

  /** Whether the call asks for encryption in its first voice line; false where that was not heard. */
  async offersEncrypted(callId: string): Promise<boolean> {
    return (await this.#offersEncrypted.take(callId, () => true)) ?? false;
  }

  /** Whether a key of this call that was told just now came by SIP INFO; each that came is good for one. */
  cameByInfo(callId: string, digit: string): boolean {
    return this.#infoKeys.take(callId, digit);
  }

  /** Whether an SDP of this call has had voice sent to this address and port. */
  namesMedia(callId: string, address: string): boolean {
    return this.#namedPlaces.has(callId, address);
  }

  /** The highest provisional answer to the INVITE of this Call-ID: 100, 180, 183 …; 0: none has been heard. */
  provisionalOf(callId: string): number {
    return this.#provisional.get(callId) ?? 0;
  }

  /** What a trunk has answered to our REGISTER: see {@link RegisterAnswers}. */
  registerAnswer(key: string): string | undefined {
    return this.#registerAnswers.of(key);
  }

  /**
   * Shows every message from now on, to somebody who looks at the trunk; nothing is kept.
   *
   * @returns how to be shown no more.
   */
  watch(watcher: (copy: SipCopy) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#refusals.giveUp();
    this.#offersEncrypted.giveUp();
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  #show(packet: Buffer, message: Buffer): void {
    const copy = { ...endsInHep(packet), message };
    for (const watcher of this.#watchers) watcher(copy);
  }

  #hear(message: Buffer): void {
    this.#registerAnswers.hear(message);
    const provisional = readProvisional(message);
    if (provisional !== undefined && provisional.status > this.provisionalOf(provisional.callId))
      this.#provisional.note(provisional.callId, provisional.status);
    const refusal = readRefusal(message);
    if (refusal !== undefined) this.#refusals.note(refusal.callId, refusal);
    const offer = readVoiceOffer(message);
    if (offer !== undefined) this.#offersEncrypted.note(offer.callId, offer.encrypted);
    const named = readNamedMedia(message);
    if (named !== undefined) this.#namedPlaces.note(named);
    const key = readInfoKey(message);
    if (key !== undefined) this.#infoKeys.note(key);
  }
}
