import { createServer, type Server } from "node:https";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import type { EventUpgrade } from "./event-upgrade.js";
import { bind } from "./bind.js";
import type { TlsPair } from "./tls.js";

const CLOSE_GRACE_MS = 3_000;

export interface ApiServer {
  readonly port: number;
  /** Stops accepting, lets requests under way finish, then closes idle connections. */
  close(): Promise<void>;
}

/**
 * @param upgrade takes requests for a WebSocket; without it they are answered as plain requests.
 * @throws when the port is taken.
 */
export async function listen(
  app: Express,
  tls: TlsPair,
  host: string,
  port: number,
  upgrade?: EventUpgrade["upgrade"],
): Promise<ApiServer> {
  const server: Server = createServer({ cert: tls.cert, key: tls.key, minVersion: "TLSv1.2" }, app);
  if (upgrade !== undefined) server.on("upgrade", upgrade);
  // A client that sends nothing, or a byte a minute, must not hold a socket for long.
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  server.keepAliveTimeout = 65_000;
  // Nor one that does not read; a WebSocket has none of these limits, but pings.
  server.setTimeout(60_000);
  const sockets = new Set<Duplex>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const bound = await bind(server, port, host);
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        // What is never finished must not hold up the stop: a request, a handshake, a WebSocket. Of those
        // `closeAllConnections` knows the first alone.
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, CLOSE_GRACE_MS).unref();
      }),
  };
}
