import { randomUUID } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

import { freeUdpPort } from "./ports.js";
import { TelephoneMedia } from "./telephone-media.js";
import {
  audioAddress,
  header,
  isInDialog,
  methodOf,
  parseSip,
  renderSip,
  type SipHeader,
  type SipMessage,
  statusOf,
} from "./sip-message.js";
import { WaitingRoom } from "./waiting.js";

/** What goes with a message beside the headers that it must have. */
export interface Extras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly sdp?: string;
  /** In place of `sdp`, a body of another type. */
  readonly body?: { readonly type: string; readonly body: string };
}

const HOST = "127.0.0.1";
const LONGEST_MS = 30_000;

/**
 * A telephone or gateway behind the carrier whose every message the test composes: for manners of peers in the field
 * that no well-made telephone has. It sends what it is told, in the order in which it is told; by itself it answers
 * only what has one answer (100 to an INVITE, 200 to a BYE and a CANCEL).
 */
export class FieldPhone {
  readonly port: number;
  /** For its voice and its keys. */
  readonly rtp: TelephoneMedia;
  /** A second place for its sound, where a manner moves it. */
  readonly otherRtp: TelephoneMedia;
  readonly #socket: Socket;
  readonly #carrier: number;
  readonly #room = new WaitingRoom();
  readonly #received: SipMessage[] = [];
  readonly #seen = new Map<string, string>();
  readonly #tag = randomUUID().slice(0, 8);
  #invite: SipMessage | undefined;
  /** The other side's Contact. */
  #target = "";
  #from = "";
  #to = "";
  #callId = "";
  #cseq = 100;

  private constructor(socket: Socket, carrier: number, rtp: TelephoneMedia, otherRtp: TelephoneMedia) {
    this.#socket = socket;
    this.#carrier = carrier;
    this.port = socket.address().port;
    this.rtp = rtp;
    this.otherRtp = otherRtp;
    socket.on("message", (bytes, from) => {
      const message = parseSip(bytes.toString());
      if (message) this.#receive(message, from);
    });
    socket.on("error", () => undefined);
  }

  /** @param events payload type of the keys that it will send. */
  static async open(carrierPort: number, { events = 101 } = {}): Promise<FieldPhone> {
    const socket = createSocket("udp4");
    socket.bind(await freeUdpPort(), HOST);
    await once(socket, "listening");
    const ports = { telephoneEventType: events };
    return new FieldPhone(
      socket,
      carrierPort,
      await TelephoneMedia.open(ports),
      await TelephoneMedia.open(ports),
    );
  }

  /** Where the other side wants the sound, as it said last. */
  get peer(): { address: string; port: number } {
    const bodies = this.#received
      .map(({ body }) => audioAddress(body))
      .filter((place) => place !== undefined);
    return bodies.at(-1) ?? { address: HOST, port: 9 };
  }

  /** Waits for the next call that comes in, or for the nth try of one (after 401 and 407). */
  async invited(nth = 1): Promise<SipMessage> {
    const invites = (): SipMessage[] => this.#received.filter((message) => methodOf(message) === "INVITE");
    return this.#room.until(() => invites()[nth - 1], LONGEST_MS, `INVITE ${nth}`);
  }

  /** Answers the last INVITE. */
  reply(status: number, phrase: string, extras: Extras = {}): void {
    this.#respond(this.#lastInvite, status, phrase, extras);
  }

  /** Waits for the ACK of the last answer. */
  async acknowledged(): Promise<SipMessage> {
    return this.received((message) => methodOf(message) === "ACK", "an ACK");
  }

  /** Waits until the other side hangs up. */
  async hungUpOn(): Promise<SipMessage> {
    return this.received((message) => methodOf(message) === "BYE", "the other side to hang up", 60_000);
  }

  /** Calls a number of the other side's. The INVITE is the test's business; the answer is waited for. */
  async call(did: string, from: string, extras: Extras): Promise<SipMessage> {
    this.#target = `sip:${did}@${HOST}:${this.#carrier}`;
    this.#from = `<sip:${from}@${HOST}>;tag=${this.#tag}`;
    this.#to = `<sip:${did}@${HOST}>`;
    this.#callId = `${randomUUID()}@${HOST}`;
    const answer = await this.request("INVITE", extras);
    this.#to = header(answer, "To") ?? this.#to;
    return answer;
  }

  /** Sends a request within the call and waits for its final response; an INVITE's is acknowledged. */
  async request(method: string, extras: Extras = {}, ack: Extras = {}): Promise<SipMessage> {
    this.#cseq += 1;
    const cseq = `${this.#cseq} ${method}`;
    this.#request(method, cseq, extras);
    const isFinal = (message: SipMessage): boolean =>
      (statusOf(message) ?? 0) >= 200 && header(message, "CSeq") === cseq;
    const answer = await this.received(isFinal, `the answer to ${method}`);
    this.#target = /<([^>]+)>/.exec(header(answer, "Contact") ?? "")?.[1] ?? this.#target;
    if (method === "INVITE") {
      this.#to = header(answer, "To") ?? this.#to;
      this.#request("ACK", `${this.#cseq} ACK`, ack);
    }
    return answer;
  }

  async received(
    matches: (message: SipMessage) => boolean,
    what: string,
    ms = LONGEST_MS,
  ): Promise<SipMessage> {
    return this.#room.until(() => this.#received.find(matches), ms, `${what}; so far:\n${this.story()}`);
  }

  /** What it received, a line each. */
  story(): string {
    return this.#received.map(({ startLine }) => startLine.replaceAll(/\d{5,}/g, "…")).join("\n");
  }

  async close(): Promise<void> {
    this.#room.close(new Error("the telephone was closed"));
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await Promise.all([closed, this.rtp.close(), this.otherRtp.close()]);
  }

  get #lastInvite(): SipMessage {
    if (this.#invite === undefined) throw new Error("the telephone has no call");
    return this.#invite;
  }

  #receive(message: SipMessage, from: RemoteInfo): void {
    if (from.port !== this.#carrier) return;
    // A retransmission is no second message (RFC 3261 section 17.2.1): it is answered as the first was.
    const transaction = `${message.startLine} ${header(message, "CSeq") ?? ""} ${header(message, "Via") ?? ""}`;
    const answer = this.#seen.get(transaction);
    if (answer !== undefined) {
      if (answer !== "") this.#socket.send(answer, this.#carrier, HOST);
      return;
    }
    this.#seen.set(transaction, "");
    const method = methodOf(message);
    if (method === "INVITE") this.#takeCall(message);
    else if (method === "BYE" || method === "CANCEL") {
      this.#respond(message, 200, "OK");
      this.rtp.hush();
      this.otherRtp.hush();
    }
    this.#received.push(message);
    this.#room.look();
  }

  #takeCall(invite: SipMessage): void {
    this.#invite = invite;
    this.#target = /<([^>]+)>/.exec(header(invite, "Contact") ?? "")?.[1] ?? "";
    this.#callId = header(invite, "Call-ID") ?? "";
    this.#to = header(invite, "From") ?? "";
    this.#from = isInDialog(invite) ? (header(invite, "To") ?? "") : this.#tagged(invite);
    this.#respond(invite, 100, "Trying");
  }

  #tagged(request: SipMessage): string {
    return `${header(request, "To") ?? ""};tag=${this.#tag}`;
  }

  #respond(request: SipMessage, status: number, phrase: string, extras: Extras = {}): void {
    const kept = ["via", "record-route", "from", "call-id", "cseq"];
    const to = isInDialog(request) || status === 100 ? (header(request, "To") ?? "") : this.#tagged(request);
    const headers = [
      ...request.headers.filter(({ name }) => kept.includes(name.toLowerCase())),
      { name: "To", value: to },
    ];
    const text = this.#compose(`SIP/2.0 ${status} ${phrase}`, headers, extras);
    const transaction = `${request.startLine} ${header(request, "CSeq") ?? ""} ${header(request, "Via") ?? ""}`;
    this.#seen.set(transaction, text);
    this.#socket.send(text, this.#carrier, HOST);
  }

  #request(method: string, cseq: string, extras: Extras): void {
    const headers = [
      { name: "Via", value: `SIP/2.0/UDP ${HOST}:${this.port};branch=z9hG4bK${randomUUID()}` },
      { name: "Max-Forwards", value: "70" },
      { name: "From", value: this.#from },
      { name: "To", value: this.#to },
      { name: "Call-ID", value: this.#callId },
      { name: "CSeq", value: cseq },
    ];
    this.#socket.send(
      this.#compose(`${method} ${this.#target} SIP/2.0`, headers, extras),
      this.#carrier,
      HOST,
    );
  }

  #compose(startLine: string, headers: readonly SipHeader[], extras: Extras): string {
    const body =
      extras.body ?? (extras.sdp === undefined ? undefined : { type: "application/sdp", body: extras.sdp });
    const more = Object.entries(extras.headers ?? {}).map(([name, value]) => ({ name, value }));
    const type = body === undefined ? [] : [{ name: "Content-Type", value: body.type }];
    const contact = { name: "Contact", value: `<sip:phone@${HOST}:${this.port}>` };
    return renderSip({ startLine, headers: [...headers, contact, ...more, ...type], body: body?.body ?? "" });
  }
}
