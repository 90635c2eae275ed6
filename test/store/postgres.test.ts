import { expect } from "chai";
import { register } from "../../src/acts/register.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { insertClient, listClients } from "../../src/store/clients.js";
import { postgresAt } from "../../src/store/postgres/postgres-database.js";
import { DatabaseInUseError } from "../../src/store/postgres/writers-turn.js";
import { MIGRATIONS } from "../../src/store/sqlite/migrations.js";
import type { DatabasePlace } from "../../src/store/database.js";
import { Store } from "../../src/store/store.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { listCalls } from "../../src/store/live-calls.js";
import { appendEvent } from "../../src/store/events.js";
import { openVault } from "../../src/vault/open-vault.js";
import { LIMITS } from "../support/api-fixture.js";
import { PostgresServer, sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { CODE, verificationRow } from "../support/verification-rows.js";

const NOW = 1_800_000_000_000;

const never = (): never => {
  throw new Error("the database is not empty");
};
const placeAt = (url: string, migrations = MIGRATIONS): DatabasePlace =>
  postgresAt(url, { migrations, openEmpty: never });
const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "done",
    (error: unknown) => error,
  );

describe("a PostgreSQL database", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let server: PostgresServer;
  let url: string;
  const open: Store[] = [];
  /** As another process, or another machine, would open it. */
  const another = async (): Promise<Store> => {
    const store = await Store.open(dir.path, url);
    open.push(store);
    return store;
  };
  const client = (store: Store, name: string): Promise<void> =>
    store.write((db) => insertClient(db, { id: `cli_${name}`, name, created_at: NOW }));
  const happens = (store: Store, times: number, now = NOW): Promise<unknown> =>
    Promise.all(
      Array.from({ length: times }, () =>
        store.write((db) =>
          appendEvent(db, store.vault, {
            ...{ clientId: "cli_a", type: "inbound.unmatched", verificationSeq: null, data: {}, now },
          }),
        ),
      ),
    );

  before(async () => {
    server = await sharedPostgres();
  });
  beforeEach(async () => {
    dir = await tempDir();
    url = await server.database();
    // The tables are there, so the key is looked for.
    openVault(dir.path, false);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
    await dir.remove();
  });

  it("is made once by several that open a new one at the same time", async () => {
    url = await server.database("empty");
    const stores = await Promise.all(Array.from({ length: 4 }, another));
    await Promise.all(stores.map((store, nth) => client(store, String(nth))));
    const [store] = stores;
    expect((await listClients(store?.read ?? never())).length).to.equal(4);
    expect(await placeAt(url).age()).to.equal("current");
  });

  it("registers an own id once, however many register it at once, on however many machines", async () => {
    const stores = await Promise.all([another(), another()]);
    await client(stores[0], "a");
    const kinds = await Promise.all(
      Array.from({ length: 60 }, (_, nth) => {
        const store = stores[nth % 2] ?? never();
        const row = { ...verificationRow(store, "cli_a", "one", NOW) };
        return register(store, row, LIMITS).then(({ kind }) => kind);
      }),
    );
    expect(kinds.filter((kind) => kind === "created").length).to.equal(1);
    expect(new Set(kinds)).to.deep.equal(new Set(["created", "repeated"]));
  });

  it("judges keys of two machines one after another", async () => {
    const [one, two] = await Promise.all([another(), another()]);
    await client(one, "a");
    const row = { ...verificationRow(one, "cli_a", "one", NOW), max_code_entries: 3 };
    const registered = await register(one, row, LIMITS);
    if (registered.kind !== "created") throw new Error(registered.kind);
    const { seq } = registered.stored.verification;
    await beginAttempt(one, seq, "call-1", LIMITS, NOW);
    const keyed = (store: Store, digits: string): ReturnType<typeof ruleEntry> =>
      ruleEntry(store, seq, { kind: "code", digits }, LIMITS, NOW, "proved");
    const wrong = await Promise.all([keyed(one, "1"), keyed(two, "2")]);
    expect(wrong.map(({ kind }) => kind)).to.deep.equal(["wrong", "wrong"]);
    const right = await Promise.all([keyed(one, CODE), keyed(two, CODE)]);
    expect(right.map(({ kind }) => kind).sort()).to.deep.equal(["closed", "verified"]);
  });

  it("numbers events in the order in which they can be seen: who reads on misses none", async () => {
    const stores = await Promise.all([another(), another(), another()]);
    await client(stores[0], "a");
    const reader = (await another()).read;
    let [busy, position, seen] = [true, 0, 0];
    const reading = (async () => {
      for (let last = false; !last;) {
        last = !busy;
        const rows = await reader
          .selectFrom("events")
          .select("seq")
          .where("seq", ">", position)
          .orderBy("seq")
          .execute();
        seen += rows.length;
        position = rows.at(-1)?.seq ?? position;
      }
    })();
    const failing = (store: Store): Promise<unknown> =>
      outcome(
        store.write((db) =>
          appendEvent(db, store.vault, {
            ...{ clientId: "cli_none", type: "inbound.unmatched", verificationSeq: null, data: {}, now: NOW },
          }),
        ),
      );
    // Those that fail leave gaps between the numbers.
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(stores.flatMap((store) => [happens(store, 5), failing(store)]));
    }
    busy = false;
    await reading;
    expect(seen).to.equal(150);
  });

  it("tells by its version that another has written, and not that it did so itself", async () => {
    const [one, two] = await Promise.all([another(), another()]);
    await client(one, "a");
    await happens(one, 1);
    const before = one.foreignVersion;
    await happens(one, 1);
    expect(one.foreignVersion, "after a write of its own").to.equal(before);
    await happens(two, 1);
    await happens(one, 1);
    expect(one.foreignVersion, "after another's").not.to.equal(before);
  });

  it("has one node of a name, whose place another takes only when it has gone", async () => {
    const first = await Store.open(dir.path, url, undefined, { node: "one" });
    const writing = client(first, "a");
    const second = Store.open(dir.path, url, undefined, { node: "one" });
    await writing;
    await first.close();
    const store = await second;
    open.push(store);
    await client(store, "b");
    // A command beside it is no service.
    await client(await another(), "c");
    expect((await listClients(store.read)).map(({ name }) => name)).to.have.members(["a", "b", "c"]);
  });

  it("is not changed by a command of a newer version while a service runs, nor opened by an older one", async () => {
    const served = await Store.open(dir.path, url, undefined, { node: "one" });
    open.push(served);
    const newer = { ...MIGRATIONS, "9999-later": { up: () => Promise.resolve() } };
    const refused = await outcome(placeAt(url, newer).open({ onCommit: () => undefined }));
    expect(refused).to.be.instanceOf(DatabaseInUseError);
    expect(await placeAt(url, newer).age()).to.equal("older");
    await served.close();
    await (await placeAt(url, newer).open({ onCommit: () => undefined })).close();
    expect(await outcome(placeAt(url).open({ onCommit: () => undefined }))).to.have.property(
      "code",
      "database_newer",
    );
    expect(await outcome(placeAt(url).openToRead())).to.have.property("code", "database_newer");
  });

  it("is brought up to date whole or not at all", async () => {
    url = await server.database("empty");
    await server.ask("create table enrollments (seq int)", url);
    expect(await outcome(another())).to.be.instanceOf(Error);
    const tables = await server.ask<{ n: number }>(
      "select count(*)::int as n from information_schema.tables where table_schema = 'public'",
      url,
    );
    expect(tables).to.deep.equal([{ n: 1 }]);
    await server.ask("drop table enrollments", url);
    await client(await another(), "a");
  });

  it("takes lists of nothing, as SQLite does", async () => {
    expect(await listCalls((await another()).read, [])).to.deep.equal([]);
  });

  it("refuses a number that JavaScript would round", async () => {
    const store = await another();
    await client(store, "a");
    await server.ask("update clients set created_at = 9007199254740993", url);
    expect(await outcome(listClients(store.read))).to.be.instanceOf(RangeError);
  });

  it("lets a failed piece of work take no other with it, also one that hides its failure", async () => {
    const store = await another();
    await client(store, "a");
    const results = await Promise.allSettled([
      client(store, "b"),
      client(store, "a"),
      store.write(async (db) => {
        await insertClient(db, { id: "cli_a", name: "again", created_at: NOW }).catch(() => undefined);
      }),
      client(store, "c"),
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal([
      ...["fulfilled", "rejected", "rejected", "fulfilled"],
    ]);
    expect((await listClients(store.read)).map(({ name }) => name)).to.have.members(["a", "b", "c"]);
  });

  it("orders texts by their bytes, whatever the server's language", async () => {
    const store = await another();
    for (const name of ["b", "B", "a", "é", "あ", "-a"]) await client(store, name);
    const rows = await store.read.selectFrom("clients").select("name").orderBy("name").execute();
    expect(rows.map(({ name }) => name)).to.deep.equal(["-a", "B", "a", "b", "é", "あ"]);
  });

  it("cannot be written to by who opened it to read", async () => {
    await client(await another(), "a");
    const reading = await Store.openToRead(dir.path, url);
    open.push(reading);
    expect(await listClients(reading.read)).to.have.lengthOf(1);
    const written = reading.read.deleteFrom("clients").execute();
    expect(await outcome(written)).to.be.instanceOf(StoreUnavailableError);
  });
});
