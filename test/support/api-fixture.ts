import { createApi } from "../../src/http/app.js";
import { listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { insertApiKey } from "../../src/store/api-keys.js";
import { insertClient } from "../../src/store/clients.js";
import { Store } from "../../src/store/store.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { HttpsClient } from "./https-client.js";
import { capturedLog } from "./quiet-log.js";
import { tempDir } from "./temp-dir.js";

export const LIMITS = {
  maxConsecutiveFailures: 5,
  failureLockMs: 3_600_000,
  fraudBlockMs: 3_600_000,
  maxWrongPins: 50,
};

export interface ApiFixture {
  readonly store: Store;
  readonly api: HttpsClient;
  readonly logged: () => string;
  /** Another client of the same service. */
  newClient(name: string): Promise<HttpsClient>;
  stop(): Promise<void>;
}

/** The API on real TLS and a real database, with nobody to place the calls. */
export async function startApi(
  clock: () => number = Date.now,
  dids: readonly string[] = ["+81312340000", "+81312340001"],
): Promise<ApiFixture> {
  const dir = await tempDir();
  const store = await Store.open(dir.path);
  const { log, text } = capturedLog();
  const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
  const app = createApi({
    store,
    clock,
    log,
    limits: LIMITS,
    tariff: DEFAULT_TARIFF,
    version: "0.0.0-test",
    outboundAllow: ["+1415"],
    dids,
    accepting: () => true,
    canCall: () => true,
  });
  const server = await listen(app, tls, "127.0.0.1", 0);
  const clients: HttpsClient[] = [];
  const newClient = async (name: string): Promise<HttpsClient> => {
    const client = { id: `cli_${name}`, name, created_at: clock() };
    const { key } = await store.write(async (db) => {
      await insertClient(db, client);
      return insertApiKey(db, { clientId: client.id, label: "test", now: clock(), expiresAt: null });
    });
    const https = new HttpsClient(`https://127.0.0.1:${server.port}`, key, tls.certFile);
    clients.push(https);
    return https;
  };
  return {
    store,
    api: await newClient("acme"),
    logged: text,
    newClient,
    async stop() {
      for (const client of clients) client.close();
      await server.close();
      await store.close();
      await dir.remove();
    },
  };
}
