import { createSocket } from "node:dgram";
import { once } from "node:events";

/**
 * Ports for telephones lie between Asterisk's RTP range (10000-20000, its default and ours)
 * and the kernel's ephemeral range (from 32768), so that neither takes one of them away
 * between the moment we try it and the moment the telephone binds it.
 */
const LOWEST = 20_100;
const HIGHEST = 32_500;

const handedOut = new Set<number>();

/** Finds `count` neighbouring UDP ports of 127.0.0.1, the first one even, that nobody has bound. */
export async function freeUdpPorts(count: number): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const first = LOWEST + 2 * Math.floor((Math.random() * (HIGHEST - LOWEST - count)) / 2);
    const block = Array.from({ length: count }, (_, offset) => first + offset);
    if (block.some((port) => handedOut.has(port))) continue;
    const free = await Promise.all(block.map(isFree));
    if (free.includes(false)) continue;
    for (const port of block) handedOut.add(port);
    return first;
  }
  throw new Error(`no ${count} neighbouring UDP ports are free between ${LOWEST} and ${HIGHEST}`);
}

/** One free UDP port of 127.0.0.1 outside Asterisk's RTP range. */
export async function freeUdpPort(): Promise<number> {
  return freeUdpPorts(1);
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.bind({ port, address: "127.0.0.1", exclusive: true });
    await once(socket, "listening");
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
