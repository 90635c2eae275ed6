import { createHash } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { PATIENCE_MS, poll } from "../phones/waiting.js";

/** To one request: nothing, an answer, or several one after another. */
type Answer = string | readonly string[] | null;

/** A trunk or registrar that answers each request as `answer` says, and keeps them; null answers nothing. */
export class SipPeer implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket, answer: (request: string, from: RemoteInfo) => Answer) {
    this.#socket = socket;
    socket.on("message", (bytes: Buffer, from: RemoteInfo) => {
      const request = bytes.toString();
      this.requests.push(request);
      for (const said of [answer(request, from) ?? []].flat()) socket.send(said, from.port, from.address);
    });
  }

  static async start(
    answer: (request: string, from: RemoteInfo) => Answer,
    host = "127.0.0.1",
  ): Promise<SipPeer> {
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    socket.bind(0, host);
    await once(socket, "listening");
    return new SipPeer(socket, answer);
  }

  get uri(): string {
    const { address, port } = this.#socket.address();
    return `sip:${isIPv6(address) ? `[${address}]` : address}:${String(port)}`;
  }

  /** Waits for the nth request of a method, retransmissions among them. */
  async request(method: string, nth = 1): Promise<string> {
    const found = (): string | undefined =>
      this.requests.filter((text) => text.startsWith(`${method} `))[nth - 1];
    await poll(() => Promise.resolve(found() !== undefined), PATIENCE_MS, `${method} ${String(nth)}`);
    return found() ?? "";
  }

  /** The first request for which there is a digest. */
  async digest(): Promise<Record<string, string>> {
    const withDigest = (): string | undefined =>
      this.requests.find((text) => text.includes("Authorization: "));
    await poll(() => Promise.resolve(withDigest() !== undefined), 30_000, "a request with a digest");
    return digestOf(withDigest() ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}

/** The parameters of the Authorization or Proxy-Authorization header. */
function digestOf(request: string): Record<string, string> {
  const header = /^(?:Proxy-)?Authorization: Digest (.*)\r$/m.exec(request)?.[1] ?? "";
  return Object.fromEntries(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name = "", quoted, bare = ""]) => [
      name,
      quoted ?? bare,
    ]),
  );
}

/** RFC 7616 3.4.1, as the carrier reckons it. */
export function responseFor(
  method: "REGISTER" | "INVITE",
  digest: Record<string, string>,
  algorithm: "md5" | "sha256",
  password: string,
): string {
  const { username = "", realm = "", nonce = "", nc = "", cnonce = "", qop = "", uri = "" } = digest;
  const hash = (text: string): string => createHash(algorithm).update(text).digest("hex");
  const who = hash(`${username}:${realm}:${password}`);
  return hash([who, nonce, nc, cnonce, qop, hash(`${method}:${uri}`)].join(":"));
}

/** 401 to a REGISTER, 407 to others. */
export function challenge(request: string, algorithm: "MD5" | "SHA-256"): string {
  const parameters = `Digest realm="carrier",nonce="1",algorithm=${algorithm},qop="auth"`;
  return request.startsWith("REGISTER ")
    ? reply(request, "401 Unauthorized", [`WWW-Authenticate: ${parameters}`])
    : reply(request, "407 Proxy Authentication Required", [`Proxy-Authenticate: ${parameters}`]);
}

export function reply(request: string, status: string, headers: readonly string[] = []): string {
  const copied = request
    .split("\r\n")
    .filter((line) => /^(Via|From|To|Call-ID|CSeq|Contact|Expires):/.test(line));
  return [
    `SIP/2.0 ${status}`,
    ...copied.map((line) => (line.startsWith("To:") ? `${line};tag=peer` : line)),
    ...headers,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
