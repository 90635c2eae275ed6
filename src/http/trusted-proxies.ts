import type { Server } from "node:https";
import type { Socket } from "node:net";
import { liesIn } from "../clients/ip-blocks.js";
import { type Peer, readProxyHeader } from "./proxy-header.js";

/** A balancer says it with the first bytes. */
const HEADER_MS = 3_000;

/**
 * Takes from connections of trusted proxies the header of the PROXY protocol, which they have to begin with: from then on
 * their address, for whoever asks the socket, is that of the client. From elsewhere nothing is believed.
 *
 * @param server not listening yet, with all that is to hear of its connections.
 * @param trusted addresses and networks, of which only proxies connect.
 */
export function heedProxies(server: Server, trusted: readonly string[]): void {
  if (trusted.length === 0) return;
  const takers = server.listeners("connection") as ((socket: Socket) => void)[];
  /** What was told of a connection that is open, by its real other end, by which TLS knows it. */
  const peers = new Map<string, Peer>();
  const take = (socket: Socket): void => {
    for (const taker of takers) taker.call(server, socket);
  };
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (!liesIn(trusted, socket.remoteAddress)) {
      take(socket);
      return;
    }
    readHeader(socket, (peer) => {
      if (peer !== null) {
        const name = nameOf(socket);
        peers.set(name, peer);
        socket.once("close", () => peers.delete(name));
        passFor(socket, peer);
      }
      take(socket);
    });
  });
  server.prependListener("secureConnection", (socket) => {
    const peer = peers.get(nameOf(socket));
    if (peer !== undefined) passFor(socket, peer);
  });
}

/** One without a header, whole and in time, is closed. */
function readHeader(socket: Socket, onPeer: (peer: Peer | null) => void): void {
  let read = Buffer.alloc(0);
  const give = (): void => {
    clearTimeout(timer);
    socket.off("readable", look).off("error", give).off("close", give);
  };
  const look = (): void => {
    for (let bytes = socket.read() as Buffer | null; bytes !== null; bytes = socket.read() as Buffer | null)
      read = Buffer.concat([read, bytes]);
    const header = readProxyHeader(read);
    if (header.kind === "incomplete" && !socket.readableEnded) return;
    give();
    if (header.kind !== "header") {
      socket.destroy();
      return;
    }
    const rest = read.subarray(header.length);
    if (rest.length > 0) socket.unshift(rest);
    onPeer(header.peer);
  };
  const timer = setTimeout(() => socket.destroy(), HEADER_MS);
  socket.on("readable", look).on("error", give).on("close", give);
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ""} ${String(remotePort)}`;
}

function passFor(socket: Socket, { address, port }: Peer): void {
  Object.defineProperties(socket, {
    remoteAddress: { value: address, configurable: true },
    remotePort: { value: port, configurable: true },
  });
}
