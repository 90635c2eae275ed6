import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import path from "node:path";
import { countStatistics } from "../../src/store/count-statistics.js";
import { Store } from "../../src/store/store.js";
import { insertCall, insertClients } from "../console/stored-calls.js";
import { tempDir } from "../support/temp-dir.js";

const SPAN = { from: 0, to: 7_200_000, step: 3_600_000 };
const OF_TIME = "verifications_of_client_by_time (client_id=? AND created_at>? AND created_at<?)";
const OF_CLIENT = "verifications_of_client (client_id=? AND seq>? AND seq<?)";
const CALLS_OF_ONE = "attempts_of_verification (verification_seq=?)";
const CALLS = "attempts_of_verification (verification_seq>? AND verification_seq<?)";
const ONE = "PRIMARY KEY (rowid=?)";

describe("the queries of statistics", () => {
  for (const [whose, clientId, searches] of [
    ["all clients", null, [OF_TIME, "PRIMARY KEY (rowid>? AND rowid<?)", CALLS, ONE]],
    ["one client", "cli_acme", [OF_TIME, OF_CLIENT, CALLS_OF_ONE]],
  ] as const) {
    it(`read of ${whose} what lies in their time, and walk through no table`, async () => {
      const dir = await tempDir();
      const store = await Store.open(dir.path);
      const texts = new Set<string>();
      // eslint-disable-next-line @typescript-eslint/unbound-method -- put back and called on the instance
      const prepare = BetterSqlite.prototype.prepare as (text: string) => BetterSqlite.Statement;
      try {
        await insertClients(store, "acme");
        await insertCall(store, { at: 3_600_000, call: { begins: 0, answered: 1, ends: 2 } });
        BetterSqlite.prototype.prepare = function (this: BetterSqlite.Database, text: string) {
          texts.add(text);
          return prepare.call(this, text);
        } as typeof BetterSqlite.prototype.prepare;
        await countStatistics(store.read, SPAN, clientId, 7_200_000);
        BetterSqlite.prototype.prepare = prepare as typeof BetterSqlite.prototype.prepare;
        const database = new BetterSqlite(path.join(dir.path, "honnin.db"), { readonly: true });
        const plan = [...texts]
          .filter((text) => text.includes(`"verifications"`))
          .flatMap((text) => {
            const nothing = Array.from({ length: text.split("?").length - 1 }, () => null);
            return database.prepare(`explain query plan ${text}`).all(...nothing) as { detail: string }[];
          })
          .map(({ detail }) => detail);
        database.close();
        expect(plan.filter((step) => step.startsWith("SCAN"))).to.deep.equal([]);
        const found = new Set(plan.map((step) => / (?:INDEX|INTEGER) (.+)$/.exec(step)?.[1]));
        expect([...found]).to.have.members([...searches]);
      } finally {
        BetterSqlite.prototype.prepare = prepare as typeof BetterSqlite.prototype.prepare;
        await store.close();
        await dir.remove();
      }
    });
  }
});
