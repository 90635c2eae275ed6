import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { readdirSync } from "node:fs";
import path from "node:path";
import { searchOfClient, type Search } from "../../src/store/search-verifications.js";
import { StoreFixture } from "../support/store-fixture.js";

const NUMBER = { numberIndex: Buffer.alloc(32) };
const TIMES = { from: 1, to: 2 };
const OLDER = "verifications_of_client_by_time (client_id=? AND created_at<?)";
const YOUNGER = "verifications_of_client_by_time (client_id=? AND created_at>?)";

/** What is searched, and by what it is found: by nothing that all of a client's would have to be read for. */
const SEARCHES: readonly (readonly [what: string, search: Omit<Search, "clientId">, by: string])[] = [
  ["all", {}, "INDEX verifications_of_client (client_id=?)"],
  [
    "an id",
    { id: "x", ...NUMBER, status: "failed", reason: "busy" },
    "INDEX sqlite_autoindex_verifications_1 (client_id=? AND id=?)",
  ],
  ["a number", NUMBER, "INDEX verifications_of_number (client_id=? AND number_index=?)"],
  [
    "a number, by status and reason",
    { ...NUMBER, status: "failed", reason: "busy" },
    "INDEX verifications_of_number (client_id=? AND number_index=?)",
  ],
  ["open ones", { status: "in_progress" }, "INDEX verifications_open_of_client (client_id=?)"],
  ["ended ones", { status: "expired" }, "INDEX verifications_ended_of_client (client_id=? AND status=?)"],
  ["a reason", { reason: "busy" }, "INDEX verifications_failed_of_client (client_id=? AND reason=?)"],
  [
    "a reason of failed ones",
    { reason: "busy", status: "failed" },
    "INDEX verifications_failed_of_client (client_id=? AND reason=?)",
  ],
];

const found = (by: string): string => `SEARCH verifications USING ${by}`;

describe("what is searched in the console is found by an index, in the order of the list", () => {
  let fixture: StoreFixture;
  let database: BetterSqlite.Database;

  before(async () => {
    fixture = await StoreFixture.open(["cli_acme"], 1);
    const file = readdirSync(fixture.dir).find((name) => name.endsWith(".db")) ?? "";
    database = new BetterSqlite(path.join(fixture.dir, file), { readonly: true });
  });
  after(async () => {
    database.close();
    await fixture.close();
  });

  const planOf = (search: Omit<Search, "clientId">, before?: number): string[] => {
    const query = searchOfClient(fixture.store.read, "cli_acme", { clientId: null, ...search }, before, 51);
    const { sql, parameters } = query.compile();
    const plan = database.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[];
    return (
      plan
        .map(({ detail }) => detail)
        .filter((detail) => !detail.startsWith("SCALAR SUBQUERY"))
        // Whether the rows themselves are looked at too.
        .map((detail) => detail.replace("COVERING ", ""))
    );
  };
  /** The same index, and a stretch of it. */
  const stretch = (by: string, of: string): string => by.replace(/\)$/, ` AND ${of})`);

  for (const [what, search, by] of SEARCHES) {
    const [isOfOne, isOfFew] = [search.id !== undefined, search.numberIndex !== undefined];

    it(`${what}: ${by}`, () => {
      expect(planOf(search)).to.deep.equal([found(by)]);
    });

    it(`${what}, on the next page`, () => {
      expect(planOf(search, 1_000)).to.deep.equal([found(isOfOne ? by : stretch(by, "seq<?"))]);
    });

    it(`${what}, of some time`, () => {
      const [first, ...others] = planOf({ ...search, ...TIMES });
      expect(first).to.equal(found(isOfOne || isOfFew ? by : stretch(by, "seq>? AND seq<?")));
      const bounds = others.map((step) => / INDEX (.+)$/.exec(step)?.[1]);
      expect(bounds).to.have.members(isOfOne || isOfFew ? [] : [OLDER, YOUNGER]);
    });
  }

  it("and the events of one by an index of theirs", () => {
    const text = "select id from events where verification_seq = 1 order by seq";
    const plan = database.prepare(`explain query plan ${text}`).all() as { detail: string }[];
    expect(plan.map(({ detail }) => detail)).to.deep.equal([
      "SEARCH events USING INDEX events_of_verification (verification_seq=?)",
    ]);
  });
});
