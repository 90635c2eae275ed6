import { type Config, loadConfig } from "../config.js";
import { Store } from "../store/store.js";

export function readConfig(): Config {
  return loadConfig(process.env, process.cwd());
}

/** Opens the database of the data directory, also beside a running service, for one command. */
export async function withStore<T>(run: (store: Store, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig();
  const store = await Store.open(config.dataDir, config.databaseUrl);
  try {
    return await run(store, config);
  } finally {
    await store.close();
  }
}

/** An ISO date or time, or a number of days ahead (`90d`), as epoch milliseconds. */
export function parseExpiry(text: string, now: number): number | null {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const at = days === undefined ? Date.parse(text) : now + Number(days) * 24 * 3600 * 1000;
  return Number.isFinite(at) && at > now ? at : null;
}

export function isoTime(at: number | null): string {
  return at === null ? "" : new Date(at).toISOString();
}
