import { createSocket } from "node:dgram";
import { randomUUID } from "node:crypto";
import { once } from "node:events";

export interface SipRequest {
  readonly method: "INVITE" | "OPTIONS";
  /** Address to send from. */
  readonly from: string;
  /** User part of the From header. */
  readonly caller: string;
  /** User part of the request line. */
  readonly called: string;
  readonly port: number;
}

/** Sends a SIP request from any loopback address and resolves to the status of its final answer. */
export async function finalStatus({ method, from, caller, called, port }: SipRequest): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, from);
  await once(socket, "listening");
  const id = randomUUID();
  const own = `${from}:${String(socket.address().port)}`;
  const lines = [
    `${method} sip:${called}@127.0.0.1:${String(port)} SIP/2.0`,
    `Via: SIP/2.0/UDP ${own};branch=z9hG4bK${id};rport`,
    "Max-Forwards: 70",
    `From: <sip:${caller}@${from}>;tag=${id}`,
    `To: <sip:${called}@127.0.0.1>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:${own}>`,
    "Content-Length: 0",
    "",
    "",
  ];
  try {
    socket.send(lines.join("\r\n"), port, "127.0.0.1");
    for (;;) {
      const [datagram] = (await once(socket, "message", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(datagram.toString())?.[1]);
      if (status >= 200) return status;
    }
  } finally {
    socket.close();
  }
}
