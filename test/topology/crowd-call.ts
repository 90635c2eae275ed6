import type { Socket } from "node:dgram";
import { randomUUID } from "node:crypto";
import { writeRtp } from "../phones/rtp-packet.js";
import { audioAddress, header, isInDialog, renderSip, type SipMessage } from "../phones/sip-message.js";
import { type EventPacket, planEvents } from "../phones/telephone-events.js";

const HOST = "127.0.0.1";
const EVENTS = 101;
const KEY_TIMING = { toneMs: 80, gapMs: 60 };
const AGAIN_MS = 500;
const MOST_TRIES = 60;

/** One call as the carrier saw it; epoch milliseconds with fractions. */
export interface CallLog {
  readonly number: string;
  readonly invitedAt: number;
  /** Of the node: whence its sound comes. */
  readonly node: string;
  answeredAt: number | null;
  /** Refused, canceled or hung up. */
  endedAt: number | null;
  /** Null: not ended, or before the answer. */
  hungUpBy: "person" | "us" | null;
}

/** Epoch milliseconds with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** One call to one person: what is said of it in SIP, and its keys. */
export class CrowdCall {
  readonly log: CallLog;
  readonly #invite: SipMessage;
  readonly #port: number;
  readonly #sip: Socket;
  readonly #rtp: Socket;
  readonly #onOver: () => void;
  readonly #tag = randomUUID().slice(0, 8);
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #sound: { readonly address: string; readonly port: number };
  #last = "";
  #bye: NodeJS.Timeout | undefined;
  #onSound: (() => void) | undefined;
  #keyed = 0;

  constructor(invite: SipMessage, log: CallLog, from: number, sip: Socket, rtp: Socket, onOver: () => void) {
    this.#invite = invite;
    this.log = log;
    this.#onOver = onOver;
    this.#sound = audioAddress(invite.body) ?? { address: HOST, port: 0 };
    this.#port = from;
    this.#sip = sip;
    this.#rtp = rtp;
  }

  /** The INVITE came once more. */
  again(): void {
    this.#send(this.#last);
  }

  rings(): void {
    this.#answer("180 Ringing");
  }

  refuses(status: string): void {
    this.#answer(status);
    this.#over(null);
  }

  /** Where its sound comes from. */
  get soundFrom(): string {
    return placeOf(this.#sound);
  }

  /** @param then when something is heard: before that nobody is there who would hear what is said. */
  picksUp(then: () => void): void {
    this.log.answeredAt = now();
    this.#onSound = then;
    const { port } = this.#rtp.address();
    const sdp = [
      ...["v=0", `o=phone 1 1 IN IP4 ${HOST}`, "s=-", `c=IN IP4 ${HOST}`, "t=0 0"],
      ...[`m=audio ${String(port)} RTP/AVP 0 ${String(EVENTS)}`, "a=rtpmap:0 PCMU/8000"],
      ...[`a=rtpmap:${String(EVENTS)} telephone-event/8000`, "a=ptime:20", ""],
    ].join("\r\n");
    this.#answer("200 OK", sdp);
    this.#repeat(() => {
      this.again();
    });
  }

  acknowledged(): void {
    clearInterval(this.#bye);
  }

  /** There is sound. */
  heard(): void {
    const then = this.#onSound;
    this.#onSound = undefined;
    then?.();
  }

  /**
   * By the clock: what a busy machine has held up leaves at once, as from a network that did so. In its order: timers
   * of their own would fire in another one then, and number as later what was pressed before.
   */
  presses(keys: string, then: () => void = () => undefined): void {
    const { packets } = planEvents(keys, KEY_TIMING);
    const begun = performance.now();
    const sendDue = (from: number): void => {
      const passed = performance.now() - begun;
      const later = packets.findIndex(({ atMs }, nth) => nth >= from && atMs > passed);
      const due = packets.slice(from, later < 0 ? packets.length : later);
      for (const packet of due) this.#sendEvent(packet);
      const next = packets[later];
      if (next === undefined) then();
      else
        this.after(next.atMs - passed, () => {
          sendDue(later);
        });
    };
    sendDue(0);
  }

  #sendEvent({ timestamp, marker, payload }: EventPacket): void {
    this.#keyed += 1;
    const rtp = writeRtp({ payloadType: EVENTS, marker, sequence: this.#keyed, timestamp, ssrc: 1, payload });
    this.#rtp.send(rtp, this.#sound.port, this.#sound.address);
  }

  after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.log.endedAt === null) act();
    }, ms);
    this.#timers.add(timer);
  }

  /** Until it is answered. */
  hangsUp(): void {
    const bye = this.#byeText();
    this.#over("person");
    this.#send(bye);
    this.#repeat(() => {
      this.#send(bye);
    });
  }

  /** Our BYE was answered. */
  byeAnswered(): void {
    clearInterval(this.#bye);
  }

  /** CANCEL: the INVITE ends, where nobody has answered. */
  canceled(cancel: SipMessage): void {
    this.#send(render(cancel, "200 OK", this.#tag));
    if (this.log.answeredAt !== null || this.log.endedAt !== null) return;
    this.#answer("487 Request Terminated");
    this.#over(null);
  }

  hungUpOn(bye: SipMessage): void {
    this.#send(render(bye, "200 OK", this.#tag));
    clearInterval(this.#bye);
    this.#over("us");
  }

  close(): void {
    clearInterval(this.#bye);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #over(by: CallLog["hungUpBy"]): void {
    if (this.log.endedAt !== null) return;
    this.log.endedAt = now();
    this.log.hungUpBy = by;
    this.#onOver();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #answer(status: string, sdp = ""): void {
    this.#last = render(this.#invite, status, this.#tag, sdp, this.#sip.address().port);
    this.#send(this.#last);
  }

  #repeat(send: () => void): void {
    clearInterval(this.#bye);
    let tries = 0;
    this.#bye = setInterval(() => {
      tries += 1;
      if (tries > MOST_TRIES) clearInterval(this.#bye);
      else send();
    }, AGAIN_MS);
  }

  #send(text: string): void {
    if (text !== "") this.#sip.send(text, this.#port, HOST);
  }

  /** From and To change places; what recorded its route is passed in its order (RFC 3261, 12.1.1). */
  #byeText(): string {
    const invite = this.#invite;
    const contact = /<([^>]+)>/.exec(header(invite, "Contact") ?? "")?.[1] ?? `sip:${HOST}`;
    const routes = invite.headers.filter(({ name }) => name.toLowerCase() === "record-route");
    const via = `SIP/2.0/UDP ${HOST}:${String(this.#sip.address().port)};branch=z9hG4bK${randomUUID()}`;
    return renderSip({
      startLine: `BYE ${contact} SIP/2.0`,
      headers: [
        { name: "Via", value: via },
        ...routes.map(({ value }) => ({ name: "Route", value })),
        { name: "From", value: `${header(invite, "To") ?? ""};tag=${this.#tag}` },
        { name: "To", value: header(invite, "From") ?? "" },
        { name: "Call-ID", value: header(invite, "Call-ID") ?? "" },
        { name: "CSeq", value: "100 BYE" },
        { name: "Max-Forwards", value: "70" },
      ],
      body: "",
    });
  }
}

export function placeOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address}:${String(port)}`;
}

/** An answer to a request. @param contact the port at which whoever answers is reached; 0: not told. */
export function render(request: SipMessage, status: string, tag: string, sdp = "", contact = 0): string {
  const copied = ["via", "record-route", "from", "call-id", "cseq"];
  const to = header(request, "To") ?? "";
  return renderSip({
    startLine: `SIP/2.0 ${status}`,
    headers: [
      ...request.headers.filter(({ name }) => copied.includes(name.toLowerCase())),
      { name: "To", value: isInDialog(request) ? to : `${to};tag=${tag}` },
      ...(contact === 0 ? [] : [{ name: "Contact", value: `<sip:crowd@${HOST}:${String(contact)}>` }]),
      ...(sdp === "" ? [] : [{ name: "Content-Type", value: "application/sdp" }]),
    ],
    body: sdp,
  });
}
