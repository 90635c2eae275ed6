import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/**
 * Ports for telephones lie between Asterisk's RTP range (10000-20000, its default and ours)
 * and the kernel's ephemeral range (from 32768), so that neither takes one of them away
 * between the moment we try it and the moment the telephone binds it.
 *
 * Other tests run beside this one and look for ports too: each thread has a slice of its own, and goes round
 * in it, so that one that was handed out and is not bound yet is not handed out again.
 */
const LOWEST = 20_100;
const SLICE = 400;
const SLICES = 31;

interface Slice {
  readonly first: number;
  /** Holds the slice, by its first port, for as long as this thread lives. */
  readonly guard: Socket | undefined;
}

let own: Promise<Slice> | undefined;
let next = 2;

/** Finds `count` neighbouring UDP ports of 127.0.0.1, the first one even, that nobody has bound. */
export async function freeUdpPorts(count: number): Promise<number> {
  const sockets = await bindUdpPorts(count);
  const { port } = sockets[0]!.address();
  for (const socket of sockets) socket.close();
  return port;
}

/** The same, bound: nobody can take them between our look and our binding. */
export async function bindUdpPorts(count: number): Promise<readonly Socket[]> {
  own ??= claimSlice();
  const { first } = await own;
  for (let tries = 0; tries < SLICE; tries += 1) {
    if (next + count > SLICE) next = 2;
    const from = first + next;
    next += count + (count % 2);
    const block = Array.from({ length: count }, (_, offset) => from + offset);
    const sockets = (await Promise.all(block.map(bound))).filter((socket) => socket !== undefined);
    if (sockets.length === count) return sockets;
    for (const socket of sockets) socket.close();
  }
  throw new Error(`no ${count} neighbouring UDP ports are free between ${first} and ${first + SLICE}`);
}

/** One free UDP port of 127.0.0.1 outside Asterisk's RTP range. */
export async function freeUdpPort(): Promise<number> {
  return freeUdpPorts(1);
}

async function claimSlice(): Promise<Slice> {
  const begin = Math.floor(Math.random() * SLICES);
  for (let tries = 0; tries < SLICES; tries += 1) {
    const first = LOWEST + ((begin + tries) % SLICES) * SLICE;
    const guard = await bound(first);
    if (guard === undefined) continue;
    guard.unref();
    return { first, guard };
  }
  // More threads than slices: two share one, and may meet.
  return { first: LOWEST + begin * SLICE, guard: undefined };
}

async function bound(port: number): Promise<Socket | undefined> {
  const socket = createSocket("udp4");
  try {
    socket.bind({ port, address: "127.0.0.1", exclusive: true });
    await once(socket, "listening");
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}
