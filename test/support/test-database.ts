import { Store } from "../../src/store/store.js";
import { openVault } from "../../src/vault/open-vault.js";
import { sharedPostgres } from "./postgres.js";

/** `HONNIN_TEST_DATABASE=postgres`: the same tests over PostgreSQL. `scripts/test.mjs` runs the store's over both. */
const OVER = process.env["HONNIN_TEST_DATABASE"] === "postgres" ? "postgres" : "sqlite";

/** What belongs to the data directory of a test, which may open it again. */
const urls = new Map<string, Promise<string>>();

/** The database of a data directory; undefined: the one of SQLite that lies in it. */
async function databaseUrlOf(dataDir: string): Promise<string | undefined> {
  if (OVER === "sqlite") return undefined;
  let url = urls.get(dataDir);
  if (url === undefined) {
    url = sharedPostgres().then((server) => server.database());
    // Its tables are there already, made for another: where there are tables no key is made.
    openVault(dataDir, false);
    urls.set(dataDir, url);
  }
  return url;
}

/** As a service would open it; the tests' own writer beside another is no service. */
export async function openStore(dataDir: string): Promise<Store> {
  return Store.open(dataDir, await databaseUrlOf(dataDir));
}

/** What only SQLite has: files in the data directory, other programs that lock them. */
export function itOnSqlite(title: string, test: Mocha.AsyncFunc): void {
  if (OVER === "sqlite") it(title, test);
}
