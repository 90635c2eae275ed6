import { randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { header, parseSip, type SipMessage, statusOf } from "../phones/sip-message.js";

export interface SipRequest {
  readonly method: "INVITE" | "OPTIONS";
  /** Address to send from; one by IPv6 is sent to as well. */
  readonly from: string;
  /** User part of the From header. */
  readonly caller: string;
  /** User part of the request line. */
  readonly called: string;
  readonly port: number;
  /** In place of the user `called` at this Asterisk: a whole Request-URI. */
  readonly requestUri?: string;
  /** In place of `called` at this Asterisk: the value of To. */
  readonly to?: string;
  /** In place of the From of `caller`: whole lines, as many as one likes. */
  readonly fromLines?: readonly string[];
  /** Header names by their letters (RFC 3261 section 7.3.3), as some networks write them. */
  readonly compact?: boolean;
  /** Whole header lines beside the usual ones; one may be folded. */
  readonly lines?: readonly string[];
}

/**
 * Sends a SIP request from any loopback address, word for word as no telephone would, and resolves to the status of
 * its final answer. A call that is taken is hung up at once.
 */
export async function finalStatus(request: SipRequest): Promise<number> {
  const { method, from, caller, called, port } = request;
  const socket = createSocket(isIPv6(from) ? "udp6" : "udp4");
  socket.bind(0, from);
  await once(socket, "listening");
  const id = randomUUID();
  const [at, target] = isIPv6(from) ? [`[${from}]`, from] : [from, "127.0.0.1"];
  const own = `${at}:${String(socket.address().port)}`;
  const via = `Via: SIP/2.0/UDP ${own};rport;branch=z9hG4bK${id}`;
  const uri = request.requestUri ?? `sip:${called}@127.0.0.1:${String(port)}`;
  const fromLines = request.fromLines ?? [`From: <sip:${caller}@${at}>;tag=${id}`];
  const to = request.to ?? `<sip:${called}@127.0.0.1>`;
  const lines = [
    `${method} ${uri} SIP/2.0`,
    via,
    "Max-Forwards: 70",
    ...fromLines,
    `To: ${to}`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:${own}>`,
    ...(request.lines ?? []),
    "Content-Length: 0",
  ].map((line) => (request.compact === true ? compacted(line) : line));
  const send = (text: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(`${text.join("\r\n")}\r\n\r\n`, port, target, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  try {
    await send(lines);
    const answer = await finalAnswer(socket);
    const status = statusOf(answer) ?? 0;
    if (method === "INVITE") {
      const common = [
        "Max-Forwards: 70",
        fromLines[0] ?? "",
        `To: ${header(answer, "To") ?? ""}`,
        `Call-ID: ${id}`,
      ];
      await send([`ACK ${uri} SIP/2.0`, via, ...common, "CSeq: 1 ACK", "Content-Length: 0"]);
      const ended = ["CSeq: 2 BYE", "Content-Length: 0"];
      if (status < 300) await send([`BYE ${uri} SIP/2.0`, `${via}bye`, ...common, ...ended]);
    }
    return status;
  } finally {
    socket.close();
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ Via: "v", From: "f", To: "t", "Call-ID": "i", Contact: "m", "Content-Length": "l", Supported: "k" },
};

function compacted(line: string): string {
  const [name = ""] = line.split(":");
  const letter = LETTERS[name];
  return letter === undefined ? line : `${letter}${line.slice(name.length)}`;
}

async function finalAnswer(socket: Socket): Promise<SipMessage> {
  for (;;) {
    const [datagram] = (await once(socket, "message", { signal: AbortSignal.timeout(60_000) })) as [Buffer];
    const message = parseSip(datagram.toString());
    if (message !== undefined && (statusOf(message) ?? 0) >= 200) return message;
  }
}
