import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";

export interface OpsParts {
  /** Names of what is not well; empty: ready for calls. */
  readonly troubles: () => Promise<readonly string[]>;
}

/**
 * Health for supervisors and load balancers, on loopback only and without keys: it says up or down,
 * nothing of anybody's calls.
 */
export async function listenOps(
  parts: OpsParts,
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
      .json({ status: troubles.length === 0 ? "ready" : "not_ready", troubles });
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
