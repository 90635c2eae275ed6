import { createHash } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

import { freeUdpPort } from "./ports.js";
import {
  dialledNumber,
  header,
  isInDialog,
  methodOf,
  parseSip,
  renderSip,
  type SipHeader,
  type SipMessage,
  statusOf,
} from "./sip-message.js";
import { PATIENCE_MS, WaitingRoom } from "./waiting.js";

const HOST = "127.0.0.1";

/** What the carrier does with calls to one number. */
type Line =
  | { readonly kind: "phone"; readonly port: number }
  | { readonly kind: "silent" }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly reason: string;
      readonly headers: readonly SipHeader[];
    };

/**
 * The telephone network: the one peer that Asterisk knows as its trunk, and behind it any number
 * of telephones, each at its own telephone number, so that tests can call side by side.
 *
 * It is a stateless SIP proxy (RFC 3261, section 16.11) that stays in the path by Record-Route;
 * calls go both ways. Sound goes past it, directly. It can also behave badly by itself.
 */
export class Carrier {
  readonly port: number;
  readonly #socket: Socket;
  #asteriskPort: number | undefined;
  readonly #lines = new Map<string, Line>();
  readonly #phoneOfCall = new Map<string, number>();
  readonly #invites: { readonly number: string; readonly message: SipMessage }[] = [];
  readonly #room = new WaitingRoom();

  private constructor(socket: Socket, asteriskPort: number | undefined) {
    this.#socket = socket;
    this.#asteriskPort = asteriskPort;
    this.port = socket.address().port;
    socket.on("message", (bytes, from) => {
      const message = parseSip(bytes.toString());
      // Keep-alives (RFC 5626) are no messages.
      if (message) this.#receive(message, from);
    });
    // A telephone that is gone makes its port unreachable; the caller's timer tells the caller.
    socket.on("error", () => undefined);
  }

  /**
   * Asterisk's trunk is then `sip:127.0.0.1:<carrier.port>`. Its own port may be told later (`linkTo`):
   * each of the two wants to know the other's.
   */
  static async start({
    asteriskPort,
    port = 0,
  }: { asteriskPort?: number; port?: number } = {}): Promise<Carrier> {
    const socket = createSocket("udp4");
    socket.bind(port === 0 ? await freeUdpPort() : port, HOST);
    await once(socket, "listening");
    return new Carrier(socket, asteriskPort);
  }

  /** Asterisk listens at this port of 127.0.0.1. */
  linkTo(asteriskPort: number): void {
    this.#asteriskPort = asteriskPort;
  }

  /** Calls to `number` (the user part of the Request-URI, as dialled) reach the telephone at `phonePort`. */
  connect(number: string, phonePort: number): void {
    this.#lines.set(number, { kind: "phone", port: phonePort });
  }

  /** Calls to `number` get no answer of any kind, as from a trunk that is dead. */
  silent(number: string): void {
    this.#lines.set(number, { kind: "silent" });
  }

  /** Calls to `number` are refused by the network itself. */
  reply(
    number: string,
    status: number,
    reason: string,
    extraHeaders: Readonly<Record<string, string>> = {},
  ): void {
    const headers = Object.entries(extraHeaders).map(([name, value]) => ({ name, value }));
    this.#lines.set(number, { kind: "refused", status, reason, headers });
  }

  /** The first INVITE of each call that Asterisk has placed to `number`, retransmissions left out. */
  invitesTo(number: string): readonly SipMessage[] {
    return this.#invites.filter((invite) => invite.number === number).map(({ message }) => message);
  }

  /** Waits for the n-th call (from 1) to `number`; for numbers at which no telephone reports it. */
  async waitForInvite(number: string, { nth = 1, ms = PATIENCE_MS } = {}): Promise<SipMessage> {
    return this.#room.until(() => this.invitesTo(number)[nth - 1], ms, `call ${nth} to ${number}`);
  }

  async stop(): Promise<void> {
    this.#room.close(new Error("the carrier was stopped"));
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  #receive(message: SipMessage, from: RemoteInfo): void {
    if (statusOf(message) !== undefined) this.#passResponse(message);
    else if (methodOf(message)?.startsWith("X-")) this.#nudge(message);
    else if (from.port === this.#asteriskPort) this.#requestFromAsterisk(message, from.port);
    else this.#requestFromPhone(message, from);
  }

  /** A request of the test to one of its telephones (`SippPhone`): as it is, to the telephone of that call. */
  #nudge(request: SipMessage): void {
    const phone = this.#phoneOfCall.get(header(request, "Call-ID") ?? "");
    if (phone !== undefined) this.#send(request, phone);
  }

  #requestFromAsterisk(request: SipMessage, from: number): void {
    const method = methodOf(request);
    const callId = header(request, "Call-ID") ?? "";
    const number = dialledNumber(request) ?? "";
    if (method === "OPTIONS" && !isInDialog(request)) {
      this.#answer(request, from, 200, "OK");
      return;
    }
    if (method === "INVITE" && !isInDialog(request)) {
      this.#noteInvite(number, callId, request);
      const line = this.#lines.get(number);
      if (line?.kind === "silent") return;
      if (line?.kind === "refused") {
        this.#answer(request, from, line.status, line.reason, line.headers);
        return;
      }
      if (!line) {
        this.#answer(request, from, 404, "No telephone was connected to that number");
        return;
      }
      this.#phoneOfCall.set(callId, line.port);
    }
    // ACK and CANCEL of a call that no telephone has seen end here.
    const phone = this.#phoneOfCall.get(callId);
    if (phone !== undefined) this.#passRequest(request, phone, from);
  }

  #requestFromPhone(request: SipMessage, from: RemoteInfo): void {
    if (this.#asteriskPort === undefined) return;
    this.#phoneOfCall.set(header(request, "Call-ID") ?? "", from.port);
    const [method, uri, version] = request.startLine.split(" ");
    // The telephone has dialled the network; the network's next hop is Asterisk.
    const target = isInDialog(request) ? uri : uri?.replace(/@[^;>]+/, `@${HOST}:${this.#asteriskPort}`);
    this.#passRequest(
      { ...request, startLine: `${method} ${target} ${version}` },
      this.#asteriskPort,
      from.port,
    );
  }

  #noteInvite(number: string, callId: string, message: SipMessage): void {
    // After 401/407 and on retransmission the Call-ID is the same: it is still one call.
    if (this.#invites.some((invite) => header(invite.message, "Call-ID") === callId)) return;
    this.#invites.push({ number, message });
    this.#room.look();
  }

  #passRequest(request: SipMessage, to: number, from: number): void {
    const [top, ...vias] = valuesOf(request, "Via");
    if (top === undefined) return;
    // RFC 3261, section 16.11: the branch follows from the one received, so that CANCEL, the ACK of
    // a refusal and retransmissions find the transaction of their INVITE.
    const branch = `z9hG4bKcarrier${createHash("sha1").update(top).digest("hex").slice(0, 16)}`;
    const route = valuesOf(request, "Route").filter((hop) => !hop.includes(`${HOST}:${this.port}`));
    const recordRoute = valuesOf(request, "Record-Route");
    if (methodOf(request) === "INVITE") recordRoute.unshift(`<sip:${HOST}:${this.port};lr>`);
    const hops = [
      ...named("Via", [`SIP/2.0/UDP ${HOST}:${this.port};branch=${branch}`, returnable(top, from), ...vias]),
      ...named("Record-Route", recordRoute),
      ...named("Route", route),
    ];
    this.#send({ ...request, headers: [...hops, ...withoutHops(request)] }, to);
  }

  #passResponse(response: SipMessage): void {
    const [mine, next, ...rest] = valuesOf(response, "Via");
    if (!mine?.includes(`${HOST}:${this.port}`) || next === undefined) return;
    const port = /;rport=(\d+)/.exec(next)?.[1] ?? /^SIP\/2\.0\/UDP [^:;]+:(\d+)/.exec(next)?.[1] ?? "5060";
    const hops = [
      ...named("Via", [next, ...rest]),
      ...named("Record-Route", valuesOf(response, "Record-Route")),
    ];
    this.#send({ ...response, headers: [...hops, ...withoutHops(response)] }, Number(port));
  }

  #answer(
    request: SipMessage,
    from: number,
    status: number,
    reason: string,
    extra: readonly SipHeader[] = [],
  ): void {
    const callId = header(request, "Call-ID") ?? "";
    const tag = createHash("sha1").update(callId).digest("hex").slice(0, 12);
    const to = header(request, "To") ?? "";
    const headers = [
      ...named(
        "Via",
        valuesOf(request, "Via").map((via) => returnable(via, from)),
      ),
      { name: "From", value: header(request, "From") ?? "" },
      { name: "To", value: isInDialog(request) ? to : `${to};tag=${tag}` },
      { name: "Call-ID", value: callId },
      { name: "CSeq", value: header(request, "CSeq") ?? "" },
      ...extra,
    ];
    this.#send({ startLine: `SIP/2.0 ${status} ${reason}`, headers, body: "" }, from);
  }

  #send(message: SipMessage, port: number): void {
    this.#socket.send(renderSip(message), port, HOST);
  }
}

function valuesOf(message: SipMessage, name: string): string[] {
  return message.headers
    .filter((entry) => entry.name.toLowerCase() === name.toLowerCase())
    .map(({ value }) => value);
}

function named(name: string, values: readonly string[]): SipHeader[] {
  return values.map((value) => ({ name, value }));
}

function withoutHops(message: SipMessage): SipHeader[] {
  return message.headers.filter(({ name }) => !["via", "route", "record-route"].includes(name.toLowerCase()));
}

/** RFC 3581: who asks by an empty `rport` is told the port its request came from. */
function returnable(via: string, port: number): string {
  return via.replace(/;rport(?=;|$)/, `;rport=${port};received=${HOST}`);
}
