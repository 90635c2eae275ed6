import { readFileSync } from "node:fs";
import path from "node:path";
import { issueKey, revokeKey } from "../acts/client-keys.js";
import type { Config } from "../config.js";
import { ConfigError } from "../config-error.js";
import { httpsUrl, reachableHost } from "../http/addresses.js";
import { errorText } from "../log.js";
import type { Store } from "../store/store.js";
import { ApiClient } from "./api-client.js";
import { ensureClient } from "./client.js";
import { byCommand } from "./who-runs.js";
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
  const wish = { label, expiresAt: now + KEY_LIFE_MS };
  const key = await store.write((db) => issueKey(db, { vault: store.vault, now }, byCommand(), client, wish));
  const certFile = config.tlsCert ?? path.join(config.dataDir, "tls", "cert.pem");
  try {
    const url = httpsUrl(reachableHost(config.apiHost), port);
    const api = new ApiClient(url, key.key, certFile, authorityOf(config));
    return await use(api).finally(() => {
      api.close();
    });
  } finally {
    await store.write((db) =>
      revokeKey(db, { vault: store.vault, now: Date.now() }, byCommand(), null, key.id),
    );
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
