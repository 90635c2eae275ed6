import { readFileSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import { ConfigError } from "../config-error.js";
import { httpsUrl, reachableHost } from "../http/addresses.js";
import { errorText } from "../log.js";
import { insertApiKey, revokeApiKey } from "../store/api-keys.js";
import type { Store } from "../store/store.js";
import { ApiClient } from "./api-client.js";
import { ensureClient } from "./client.js";
import { noteCommand } from "./who-runs.js";
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
  const key = await store.write(async (db) => {
    const made = await insertApiKey(db, { clientId: client.id, label, now, expiresAt: now + KEY_LIFE_MS });
    await noteCommand(db, store, {
      act: "key.created",
      target: made.id,
      details: { client: client.name, label },
    });
    return made;
  });
  const certFile = config.tlsCert ?? path.join(config.dataDir, "tls", "cert.pem");
  try {
    const url = httpsUrl(reachableHost(config.apiHost), port);
    const api = new ApiClient(url, key.key, certFile, authorityOf(config));
    return await use(api).finally(() => {
      api.close();
    });
  } finally {
    await store.write(async (db) => {
      await revokeApiKey(db, key.id, Date.now());
      await noteCommand(db, store, { act: "key.revoked", target: key.id });
    });
  }
}

/** PEM of HONNIN_TLS_CA. */
function authorityOf({ tlsCa }: Config): Buffer | undefined {
  if (tlsCa === undefined) return undefined;
  try {
    return readFileSync(tlsCa);
  } catch (error) {
    throw new ConfigError([`HONNIN_TLS_CA: got ${JSON.stringify(tlsCa)}, ${errorText(error)}`]);
  }
}
