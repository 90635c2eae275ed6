import type { IncomingMessage } from "node:http";
import type { Server } from "node:https";
import type { Socket } from "node:net";
import { networkOf } from "./peer-network.js";

export interface ConnectionCaps {
  /** Connections at one time. */
  readonly total: number;
  /** Of those, from one address (IPv6: one /64). */
  readonly perAddress: number;
}

interface Connection {
  readonly name: string;
  readonly socket: Socket;
  readonly network: string;
  /** Requests under way; a WebSocket counts as one without end. */
  busy: number;
  /** What TLS has put on top of it, as requests know it. */
  secure: object | undefined;
}

/** Sockets of requests on which somebody has shown a right key. */
const known = new WeakSet();

/** Says that this request showed a right key: its connection is one of the last to go where there is no room. */
export function knowPeer({ socket }: IncomingMessage): void {
  known.add(socket);
}

const isStranger = ({ secure }: Connection): boolean => secure === undefined || !known.has(secure);

/**
 * Keeps the API's connections few enough that the service never runs out of descriptors: the link to Asterisk, the
 * database and each call need some too. With 1,024 of them, 1,100 connections that never spoke took the API away, and
 * every call with it.
 *
 * Where there is no room, one that does nothing goes first, and first of all one on which nobody has shown a right
 * key: the oldest from the address that has most of those. So who opens many pushes out his own, and a client that
 * comes between them is served.
 */
export class Connections {
  readonly #caps: ConnectionCaps;
  /** By the peer's address and port, in the order in which they came: TLS has a socket of its own on top of ours. */
  readonly #open = new Map<string, Connection>();
  readonly #byNetwork = new Map<string, Set<Connection>>();

  /** @param server not listening yet. */
  constructor(server: Server, caps: ConnectionCaps) {
    this.#caps = caps;
    server.on("connection", (socket: Socket) => {
      this.#take(socket);
    });
    server.on("request", (request, response) => {
      const connection = this.hold(request);
      response.once("close", () => {
        if (connection !== undefined) connection.busy -= 1;
      });
    });
  }

  /** It is busy: with a request, or as a WebSocket until that is closed. */
  hold({ socket }: IncomingMessage): Connection | undefined {
    const connection = this.#open.get(nameOf(socket));
    if (connection === undefined) return undefined;
    connection.busy += 1;
    connection.secure = socket;
    return connection;
  }

  /** Whatever is left unfinished. */
  destroyAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #take(socket: Socket): void {
    // Gone before it was taken.
    if (socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const network = networkOf(socket.remoteAddress);
    const own = this.#byNetwork.get(network) ?? new Set<Connection>();
    if (own.size >= this.#caps.perAddress && !this.#shed(own)) {
      socket.destroy();
      return;
    }
    if (this.#open.size >= this.#caps.total && !this.#shed(this.#largestCrowd()) && !this.#shedAny()) {
      socket.destroy();
      return;
    }
    const connection: Connection = { name: nameOf(socket), socket, network, busy: 0, secure: undefined };
    this.#open.set(connection.name, connection);
    this.#byNetwork.set(network, own.add(connection));
    socket.once("close", () => {
      this.#forget(connection);
    });
  }

  /** The strangers of the address from which most of them came. */
  #largestCrowd(): ReadonlySet<Connection> {
    let largest: ReadonlySet<Connection> = new Set();
    for (const connections of this.#byNetwork.values()) {
      // Or 4,096 addresses with one connection each would make 4,096 sets for every one that comes: 0.6 ms.
      if (connections.size <= largest.size) continue;
      const strangers = new Set([...connections].filter(isStranger));
      if (strangers.size > largest.size) largest = strangers;
    }
    return largest;
  }

  #shedAny(): boolean {
    return this.#shed(new Set(this.#open.values()));
  }

  /** @returns false when all of them are busy with those who have shown a key. */
  #shed(connections: ReadonlySet<Connection>): boolean {
    const all = [...connections];
    const victim =
      all.find((connection) => isStranger(connection) && connection.busy === 0) ??
      all.find(isStranger) ??
      all.find(({ busy }) => busy === 0);
    if (victim === undefined) return false;
    // At once, and not when its `close` comes: more may be taken before that.
    this.#forget(victim);
    victim.socket.destroy();
    return true;
  }

  #forget(connection: Connection): void {
    if (this.#open.get(connection.name) === connection) this.#open.delete(connection.name);
    const own = this.#byNetwork.get(connection.network);
    own?.delete(connection);
    if (own?.size === 0) this.#byNetwork.delete(connection.network);
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${String(remoteAddress)} ${String(remotePort)}`;
}
