import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { AriClientConnection } from "./ari-client/ari-client-connection.js";
import { askVersion, hasRestOverWebSocket } from "./asterisk-version.js";
import { type AriConnection, type AriOptions } from "./connection.js";
import { AriClientMissingError, AriClientPrefixError, AriRequestError } from "./errors.js";
import { WebSocketAriConnection } from "./websocket/websocket-connection.js";

/** How to talk to Asterisk; `auto` goes by its version. */
export type ConnectorWish = "auto" | "websocket" | "ari-client";
export type Connector = Exclude<ConnectorWish, "auto">;

const ASK_EVERY_MS = 500;
const ASK_MS = 5_000;

/**
 * Decides how to talk to this Asterisk. One that cannot be reached yet is asked again until `ms` have
 * passed.
 *
 * @param known its version, where that need not be asked for.
 * @param stopping ends the asking.
 * @throws {AriClientMissingError} when it takes `ari-client`, and that is not installed.
 * @throws what the last question failed with; at once when the password is wrong.
 */
export async function chooseConnector(
  wish: ConnectorWish,
  options: AriOptions,
  ms: number,
  known?: string,
  stopping?: AbortSignal,
): Promise<Connector> {
  const connector =
    wish !== "auto"
      ? wish
      : hasRestOverWebSocket(known ?? (await askPatiently(options, ms, stopping)))
        ? "websocket"
        : "ari-client";
  if (connector === "ari-client") requireAriClient(options.url);
  return connector;
}

export function openConnection(connector: Connector, options: AriOptions): AriConnection {
  switch (connector) {
    case "websocket":
      return new WebSocketAriConnection(options);
    case "ari-client":
      return new AriClientConnection(options);
  }
}

async function askPatiently(options: AriOptions, ms: number, stopping?: AbortSignal): Promise<string> {
  const giveUpAt = performance.now() + ms;
  for (;;) {
    try {
      return await askVersion(options, Math.min(ASK_MS, ms), stopping);
    } catch (error) {
      // 503 while it starts; 401, 403, 404 will not mend by waiting.
      const final = error instanceof AriRequestError && error.status < 500;
      stopping?.throwIfAborted();
      if (final || performance.now() + ASK_EVERY_MS > giveUpAt) throw error;
    }
    await delay(ASK_EVERY_MS, undefined, { signal: stopping });
  }
}

function requireAriClient(url: string): void {
  try {
    createRequire(import.meta.url).resolve("ari-client");
  } catch {
    throw new AriClientMissingError();
  }
  // It takes scheme, host and port of a URL and drops the rest.
  if (new URL(url).pathname !== "/") throw new AriClientPrefixError();
}
