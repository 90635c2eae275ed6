import { createServer } from "node:http";
import express from "express";
import { bind } from "./bind.js";
import { plainTargetsOnly } from "./request-target.js";

const MOST_CONNECTIONS = 64;

/**
 * Why the service is not ready for calls: it is stopping; there is no link to Asterisk; another program has our
 * application there; the disk is nearly full.
 */
export type Trouble = "draining" | "asterisk" | "application_replaced" | "disk";

/** How a service is. */
export interface Health {
  /** Empty: ready for calls. */
  readonly troubles: () => Promise<readonly Trouble[]>;
  /** Names of what needs somebody's hand while calls can still be made. */
  readonly warnings: () => readonly string[];
}

/**
 * Health for supervisors and load balancers, on loopback only and without keys: it says up or down,
 * nothing of anybody's calls.
 */
export async function listenOps(
  parts: Health,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const app = express();
  app.disable("x-powered-by");
  app.get("/health/live", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/health/ready", async (_request, response) => {
    const troubles = await parts.troubles();
    response
      .status(troubles.length === 0 ? 200 : 503)
      .json({ status: troubles.length === 0 ? "ready" : "not_ready", troubles, warnings: parts.warnings() });
  });
  app.use((_request, response) => {
    response.status(404).json({ status: "not_found" });
  });
  const server = createServer(plainTargetsOnly(app));
  // Whoever is on this machine may ask, and is not to take the descriptors that calls need.
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.setTimeout(10_000);
  const bound = await bind(server, port, "127.0.0.1");
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
