import path from "node:path";
import type { Config } from "../config.js";
import { httpsUrl, reachableHost } from "../http/addresses.js";
import { insertApiKey, revokeApiKey } from "../store/api-keys.js";
import type { Store } from "../store/store.js";
import { ApiClient } from "./api-client.js";
import { ensureClient } from "./client.js";
import { MINUTE_MS } from "../verification/durations.js";

/** The client in whose name the operator's own calls are made. */
export const OPERATOR = "operator";
const KEY_LIFE_MS = 15 * MINUTE_MS;

/** Uses the API of the running service as any client would, by a key of its own that is void afterwards. */
export async function withOperatorApi<T>(
  store: Store,
  config: Config,
  label: string,
  use: (api: ApiClient) => Promise<T>,
  port = config.apiPort,
): Promise<T> {
  const client = await ensureClient(store, OPERATOR);
  const now = Date.now();
  const key = await store.write((db) =>
    insertApiKey(db, { clientId: client.id, label, now, expiresAt: now + KEY_LIFE_MS }),
  );
  const certFile = config.tlsCert ?? path.join(config.dataDir, "tls", "cert.pem");
  try {
    const api = new ApiClient(httpsUrl(reachableHost(config.apiHost), port), key.key, certFile);
    return await use(api).finally(() => {
      api.close();
    });
  } finally {
    await store.write((db) => revokeApiKey(db, key.id, Date.now()));
  }
}
