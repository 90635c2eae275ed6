import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { tellSip, type ToldSip } from "../asterisk/told-sip.js";
import type { TrunkAddress } from "../trunks/trunk-uri.js";

/** RFC 3261 17.1.2.1: said again at T1, doubled each time. */
const SAID_AGAIN_MS = [500, 1_000, 2_000];
const LAST_MS = 2_000;

/**
 * Asks a trunk by OPTIONS, where no Asterisk runs that could: from the address and port that Asterisk would have, where
 * they are free. It costs nothing and rings nobody (RFC 3261 section 11).
 *
 * @returns its final answer; null: none came within five seconds.
 */
export async function askByOptions(
  { host, hostPort, transport }: TrunkAddress,
  own: { readonly host: string; readonly port: number },
): Promise<ToldSip | null> {
  const { address } = await lookup(host, 4);
  const port = Number(hostPort.slice(hostPort.lastIndexOf(":") + 1));
  return transport === "tcp" ? byTcp(address, port, own.host) : byUdp(address, port, own);
}

async function byUdp(
  address: string,
  port: number,
  own: { readonly host: string; readonly port: number },
): Promise<ToldSip | null> {
  const socket = await bound(own.host, own.port).catch(() => bound(own.host, 0));
  socket.on("error", () => undefined);
  const here = socket.address().port;
  let answer: ToldSip | null = null;
  const answered = new AbortController();
  socket.on("message", (message, from) => {
    answer ??= finalAnswer(message, from, { address: own.host, port: here });
    if (answer !== null) answered.abort();
  });
  const request = optionsRequest(`${address}:${String(port)}`, "UDP", `${own.host}:${String(here)}`);
  for (const pause of [...SAID_AGAIN_MS, LAST_MS]) {
    if (answered.signal.aborted) break;
    socket.send(request, port, address);
    await delay(pause, undefined, { signal: answered.signal }).catch(() => undefined);
  }
  socket.close();
  return answer;
}

async function bound(host: string, port: number): Promise<ReturnType<typeof createSocket>> {
  const socket = createSocket("udp4");
  const listening = once(socket, "listening");
  socket.bind(port, host);
  await listening;
  return socket;
}

async function byTcp(address: string, port: number, own: string): Promise<ToldSip | null> {
  const limit = SAID_AGAIN_MS.reduce((sum, ms) => sum + ms, LAST_MS);
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: limit });
    const end = (answer: ToldSip | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      end(null);
    }, limit);
    let text = Buffer.alloc(0);
    socket.on("connect", () => {
      const here = `${socket.localAddress ?? own}:${String(socket.localPort)}`;
      socket.write(optionsRequest(`${address}:${String(port)}`, "TCP", here));
    });
    socket.on("data", (chunk: Buffer) => {
      text = Buffer.concat([text, chunk]);
      if (!text.includes("\r\n\r\n")) return;
      const answer = finalAnswer(
        text,
        { address, port },
        { address: socket.localAddress ?? own, port: socket.localPort ?? 0 },
      );
      if (answer !== null) end(answer);
    });
    socket.on("timeout", () => {
      end(null);
    });
    socket.on("error", () => {
      end(null);
    });
    socket.on("close", () => {
      end(null);
    });
  });
}

function finalAnswer(
  message: Buffer,
  from: { readonly address: string; readonly port: number },
  to: { readonly address: string; readonly port: number },
): ToldSip | null {
  const told = tellSip({ from, to, message }, to.port);
  return told?.method === "OPTIONS" && told.status !== null && told.status >= 200 ? told : null;
}

function optionsRequest(target: string, transport: "UDP" | "TCP", here: string): string {
  const id = randomBytes(8).toString("hex");
  return [
    `OPTIONS sip:${target} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${here};branch=z9hG4bK${id};rport`,
    "Max-Forwards: 70",
    `From: <sip:honnin@${here}>;tag=${id.slice(0, 8)}`,
    `To: <sip:${target}>`,
    `Call-ID: ${id}@honnin`,
    "CSeq: 1 OPTIONS",
    `Contact: <sip:honnin@${here}>`,
    "Accept: application/sdp",
    "User-Agent: Honnin",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
