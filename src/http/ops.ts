import { createServer } from "node:http";
import express from "express";
import { bind } from "./bind.js";
import { plainTargetsOnly } from "./request-target.js";

const MOST_CONNECTIONS = 64;

/**
 * Why the service is not ready for calls: it has not begun to make and take them; it is stopping; there is no link to
 * Asterisk; another program has our application there; the disk is nearly full; the other nodes have given it up; the
 * database takes no commits.
 */
export type Trouble =
  "starting" | "draining" | "asterisk" | "application_replaced" | "disk" | "fenced" | "database";

/** How a service is. */
export interface Health {
  /** Empty: ready for calls. */
  readonly troubles: () => Promise<readonly Trouble[]>;
  /** Names of what needs somebody's hand while calls can still be made. */
  readonly warnings: () => readonly string[];
}

interface OpsParts extends Health {
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/**
 * Health for supervisors and load balancers, and metrics, on loopback only and without keys: they say up or down and
 * how many, nothing of anybody's calls.
 */
export async function listenOps(
  parts: OpsParts,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/health/live", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/health/ready", async (_request, response) => {
    const troubles = await parts.troubles();
    response
      .status(troubles.length === 0 ? 200 : 503)
      .json({ status: troubles.length === 0 ? "ready" : "not_ready", troubles, warnings: parts.warnings() });
  });
  app.get("/metrics", async (_request, response) => {
    const text = await parts.metrics.text();
    response.type(parts.metrics.contentType).send(text);
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
