import { createServer, type Server } from "node:https";
import type { Express } from "express";
import { bind } from "./bind.js";
import { REQUEST_MS } from "./body-deadline.js";
import { type ConnectionCaps, Connections } from "./connections.js";
import { descriptorLimit } from "./descriptor-limit.js";
import type { EventUpgrade } from "./event-upgrade.js";
import { plainTargetsOnly } from "./request-target.js";
import { TLS_OPTIONS } from "./tls-options.js";
import type { TlsPair } from "./tls.js";
import { heedProxies } from "./trusted-proxies.js";

const CLOSE_GRACE_MS = 3_000;
/** More than a server of ours needs; each costs some 50 KB with its TLS. */
const MOST_BY_DEFAULT = 4_096;

export interface ApiServer {
  readonly port: number;
  /** Shows another certificate to those who connect from now on; nobody is cut off. */
  renew(tls: TlsPair): void;
  /** Stops accepting, lets requests under way finish, then closes idle connections. */
  close(): Promise<void>;
}

/** What is not given: half the descriptors of the process, half of that for one address, no proxies. */
type ConnectionWishes = { readonly [Cap in keyof ConnectionCaps]?: ConnectionCaps[Cap] | undefined } & {
  readonly trustedProxies?: readonly string[];
};

/**
 * @param upgrade takes requests for a WebSocket; without it they are answered as plain requests.
 * @param requestMs how long a request may take to come, whole; where it is longer the app keeps the usual time.
 * @throws when the port is taken.
 */
export async function listen(
  app: Express,
  tls: TlsPair,
  host: string,
  port: number,
  upgrade?: EventUpgrade["upgrade"],
  caps: ConnectionWishes = {},
  requestMs = REQUEST_MS,
): Promise<ApiServer> {
  const server: Server = createServer(
    // Node looks every 30 s by default for those whose time is up.
    { ...TLS_OPTIONS, cert: tls.cert, key: tls.key, connectionsCheckingInterval: 2_000 },
    plainTargetsOnly(app),
  );
  const total = caps.total ?? Math.min(MOST_BY_DEFAULT, Math.floor(descriptorLimit() / 2));
  const connections = new Connections(server, { total, perAddress: caps.perAddress ?? Math.ceil(total / 2) });
  heedProxies(server, caps.trustedProxies ?? []);
  if (upgrade !== undefined) {
    server.on("upgrade", (request, socket, head) => {
      connections.hold(request);
      upgrade(request, socket, head);
    });
  }
  // A client that sends nothing must not hold a socket for long.
  server.headersTimeout = 10_000;
  server.requestTimeout = requestMs;
  server.keepAliveTimeout = 65_000;
  // Nor one that does not read; a WebSocket has none of these limits, but pings.
  server.setTimeout(60_000);
  const bound = await bind(server, port, host);
  return {
    port: bound,
    renew: ({ cert, key }) => {
      server.setSecureContext({ ...TLS_OPTIONS, cert, key });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        // What is never finished must not hold up the stop: a request, a handshake, a WebSocket. Of those
        // `closeAllConnections` knows the first alone.
        setTimeout(() => {
          connections.destroyAll();
        }, CLOSE_GRACE_MS).unref();
      }),
  };
}
