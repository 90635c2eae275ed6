import { createApi } from "../../src/http/app.js";
import { listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { LIMITS } from "../support/api-fixture.js";
import { HttpsClient } from "../support/https-client.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { type ConsoleFixture, DIDS } from "./console-fixture.js";

export interface ApiBeside {
  /** A client's own server, with this key. */
  client(key: string): HttpsClient;
  stop(): Promise<void>;
}

/** The API of the service whose console it is: the same database, the same clock. */
export async function apiBeside(fixture: ConsoleFixture): Promise<ApiBeside> {
  const dir = await tempDir();
  const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
  const app = createApi({
    store: fixture.store,
    clock: () => fixture.now,
    log: capturedLog().log,
    limits: LIMITS,
    tariff: DEFAULT_TARIFF,
    version: "0.0.0-test",
    outboundAllow: [],
    dids: DIDS,
    accepting: () => true,
    diskHasRoom: () => true,
    canCall: () => true,
  });
  const server = await listen(app, tls, "127.0.0.1", 0);
  const clients: HttpsClient[] = [];
  return {
    client(key) {
      const client = new HttpsClient(`https://127.0.0.1:${server.port}`, key, tls.certFile);
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.close();
      await server.close();
      await dir.remove();
    },
  };
}
