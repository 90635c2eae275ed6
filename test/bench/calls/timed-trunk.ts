import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { readRtp, writeRtp } from "../../phones/rtp-packet.js";
import {
  audioAddress,
  dialledNumber,
  header,
  isInDialog,
  methodOf,
  parseSip,
  renderSip,
  type SipHeader,
  type SipMessage,
} from "../../phones/sip-message.js";
import { planEvents } from "../../phones/telephone-events.js";
import { HANG_UP_AFTER_MS, KEY_TIMING, KEYS, KEYS_AFTER_MS } from "./conversation.js";

/** When things happened on one call; epoch milliseconds with fractions. */
export interface CallTimes {
  invitedAt: number;
  /** The packet that ends the last key was sent. */
  lastKeyAt: number;
  /** The first packet of sound after the last key came. */
  verdictAt: number;
}

const HOST = "127.0.0.1";
const EVENT_PAYLOAD_TYPE = 101;
/** G.711 mu-law of silence, plus and minus zero. */
const SILENT_BYTES = new Set([0xff, 0x7f]);

/** Epoch milliseconds with fractions: the service's own times have whole ones. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * A trunk with people behind it who answer at once, key the code and hang up, and that knows to the
 * millisecond when each thing came and went. It is one process with a socket a call: for latencies at 50
 * calls a second, not for load.
 */
export class TimedTrunk {
  readonly port: number;
  /** By the number called. */
  readonly calls = new Map<string, CallTimes>();
  readonly #sip: Socket;
  readonly #talks = new Map<string, Talk>();

  private constructor(sip: Socket) {
    this.#sip = sip;
    this.port = sip.address().port;
    sip.on("message", (bytes, from) => {
      const at = now();
      const message = parseSip(bytes.toString());
      if (message !== undefined) void this.#receive(message, from, at);
    });
  }

  static async start(): Promise<TimedTrunk> {
    const sip = createSocket("udp4");
    sip.bind(0, HOST);
    await once(sip, "listening");
    return new TimedTrunk(sip);
  }

  async stop(): Promise<void> {
    for (const talk of this.#talks.values()) talk.close();
    const closed = once(this.#sip, "close");
    this.#sip.close();
    await closed;
  }

  async #receive(message: SipMessage, from: RemoteInfo, at: number): Promise<void> {
    const callId = header(message, "Call-ID") ?? "";
    switch (methodOf(message)) {
      case "INVITE":
        if (!isInDialog(message) && !this.#talks.has(callId)) await this.#answer(message, callId, from, at);
        return;
      case "ACK":
        this.#talks.get(callId)?.begin(() => {
          this.#sip.send(renderSip(bye(message)), from.port, HOST);
        });
        return;
      case "BYE":
      case "CANCEL":
      case "OPTIONS":
        this.#sip.send(renderSip(answerTo(message, "200 OK", "")), from.port, HOST);
        this.#talks.get(callId)?.close();
        return;
      case undefined:
      default:
        // Our BYE was answered.
        this.#talks.get(callId)?.close();
        this.#talks.delete(callId);
    }
  }

  async #answer(invite: SipMessage, callId: string, from: RemoteInfo, at: number): Promise<void> {
    const times: CallTimes = { invitedAt: at, lastKeyAt: NaN, verdictAt: NaN };
    this.calls.set(dialledNumber(invite) ?? "", times);
    const asterisk = audioAddress(invite.body);
    const talk = new Talk(times, asterisk?.port ?? 0);
    this.#talks.set(callId, talk);
    const port = await talk.listen();
    const sdp = [
      "v=0",
      `o=phone 1 1 IN IP4 ${HOST}`,
      "s=-",
      `c=IN IP4 ${HOST}`,
      "t=0 0",
      `m=audio ${port} RTP/AVP 0 ${EVENT_PAYLOAD_TYPE}`,
      "a=rtpmap:0 PCMU/8000",
      `a=rtpmap:${EVENT_PAYLOAD_TYPE} telephone-event/8000`,
      "a=ptime:20",
      "",
    ].join("\r\n");
    this.#sip.send(renderSip(answerTo(invite, "200 OK", sdp, this.port)), from.port, HOST);
  }
}

/** The sound of one call. */
class Talk {
  readonly #times: CallTimes;
  readonly #asteriskPort: number;
  readonly #rtp = createSocket("udp4");
  readonly #timers: NodeJS.Timeout[] = [];
  #begun = false;
  #closed = false;

  constructor(times: CallTimes, asteriskPort: number) {
    this.#times = times;
    this.#asteriskPort = asteriskPort;
  }

  async listen(): Promise<number> {
    this.#rtp.bind(0, HOST);
    await once(this.#rtp, "listening");
    this.#rtp.on("message", (bytes) => {
      if (Number.isNaN(this.#times.lastKeyAt) || !Number.isNaN(this.#times.verdictAt)) return;
      const packet = readRtp(bytes);
      if (packet?.payload.some((byte) => !SILENT_BYTES.has(byte))) this.#times.verdictAt = now();
    });
    return this.#rtp.address().port;
  }

  /** Keys after a while, and then tells when it is time to hang up. */
  begin(hangUp: () => void): void {
    if (this.#begun) return;
    this.#begun = true;
    const { packets } = planEvents(KEYS, KEY_TIMING);
    const last = packets.findIndex((packet) => packet.atMs === packets.at(-1)?.atMs);
    const begun = performance.now() + KEYS_AFTER_MS;
    for (const [sequence, packet] of packets.entries()) {
      const rtp = writeRtp({
        payloadType: EVENT_PAYLOAD_TYPE,
        marker: packet.marker,
        sequence: sequence + 1,
        timestamp: packet.timestamp,
        ssrc: 1,
        payload: packet.payload,
      });
      this.#at(begun + packet.atMs, () => {
        this.#rtp.send(rtp, this.#asteriskPort, HOST);
        if (sequence === last) this.#times.lastKeyAt = now();
      });
    }
    this.#at(begun + HANG_UP_AFTER_MS, hangUp);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#rtp.close();
  }

  #at(when: number, act: () => void): void {
    this.#timers.push(
      setTimeout(() => {
        if (!this.#closed) act();
      }, when - performance.now()),
    );
  }
}

function answerTo(request: SipMessage, status: string, body: string, contactPort = 0): SipMessage {
  const copied = ["via", "record-route", "from", "call-id", "cseq"];
  const headers: SipHeader[] = request.headers.filter(({ name }) => copied.includes(name.toLowerCase()));
  const to = header(request, "To") ?? "";
  headers.push({ name: "To", value: isInDialog(request) ? to : `${to};tag=trunk` });
  if (body !== "") {
    headers.push({ name: "Contact", value: `<sip:trunk@${HOST}:${contactPort}>` });
    headers.push({ name: "Content-Type", value: "application/sdp" });
  }
  return { startLine: `SIP/2.0 ${status}`, headers, body };
}

/** Ours, made from the ACK of the same dialogue: From and To change places. */
function bye(ack: SipMessage): SipMessage {
  const contact = /^ACK (\S+)/.exec(ack.startLine)?.[1] ?? "";
  const via = /\bSIP\/2\.0\/UDP ([^;]+)/.exec(header(ack, "Via") ?? "")?.[1] ?? HOST;
  const port = /:(\d+)(?:;|$)/.exec(contact)?.[1] ?? "5060";
  return {
    startLine: `BYE sip:honnin@${via} SIP/2.0`,
    headers: [
      { name: "Via", value: `SIP/2.0/UDP ${HOST}:${port};branch=z9hG4bK${header(ack, "Call-ID") ?? ""}` },
      { name: "From", value: header(ack, "To") ?? "" },
      { name: "To", value: header(ack, "From") ?? "" },
      { name: "Call-ID", value: header(ack, "Call-ID") ?? "" },
      { name: "CSeq", value: "100 BYE" },
      { name: "Max-Forwards", value: "70" },
    ],
    body: "",
  };
}
