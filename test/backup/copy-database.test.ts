import { randomBytes } from "node:crypto";
import path from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { copyDatabase, DatabaseCopyError, type TableCopied } from "../../src/backup/copy-database.js";
import { copiedTables } from "../../src/backup/copied-tables.js";
import type { DatabasePlace } from "../../src/store/database.js";
import { databasePlace } from "../../src/store/dialects.js";
import { insertClient, listClients } from "../../src/store/clients.js";
import { appendEvent, listEventsAfter } from "../../src/store/events.js";
import { keepPromptSound } from "../../src/store/prompt-sounds.js";
import { DatabaseInUseError } from "../../src/store/postgres/writers-turn.js";
import { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";

const NOW = 1_800_000_000_000;
const ROWS = 1_203;

describe("a copy of a database", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const at = (name: string): string => `sqlite:${path.join(dir.path, name)}`;
  const place = (url: string): DatabasePlace => databasePlace(dir.path, url);
  const empty = async (): Promise<string> => (await sharedPostgres()).database("empty");
  const copied = (from: string, to: string): Promise<readonly TableCopied[]> =>
    copyDatabase({ from: place(from), to: place(to), onTable: () => undefined });
  const refusal = (from: string, to: string): Promise<unknown> =>
    copied(from, to).then(
      () => undefined,
      (error: unknown) => (error instanceof DatabaseCopyError ? error.code : error),
    );
  /** What is in it, to the last byte. */
  const contents = async (url: string): Promise<Record<string, unknown[]>> => {
    const tables = await copiedTables();
    const database = await place(url).openToRead();
    const all: Record<string, unknown[]> = {};
    for (const { name, columns, key } of tables) {
      const refs = sql.join(columns.map((column) => sql.ref(column)));
      const order = sql.join(key.map((column) => sql.ref(column)));
      all[name] = (
        await sql`select ${refs} from ${sql.table(name)} order by ${order}`.execute(database.reader)
      ).rows;
    }
    await database.close();
    return all;
  };

  before(async () => {
    dir = await tempDir();
    const store = await Store.open(dir.path, at("from.db"));
    await store.write(async (db) => {
      for (const id of ["cli_a", "cli_b"])
        await insertClient(db, { id, name: `名前 ${id}`, created_at: NOW });
      for (let nth = 0; nth < ROWS; nth += 1) {
        const row = {
          ...verificationRow(store, "cli_a", `v-${String(nth)}`, NOW + nth),
          metadata: '{"名":"値🙂"}',
        };
        await insertVerification(db, row);
      }
      for (let nth = 0; nth < 5; nth += 1)
        await appendEvent(db, store.vault, {
          clientId: "cli_a",
          type: "verification.created",
          now: NOW,
          data: {},
          verificationSeq: null,
        });
      // More than one page of them.
      for (let nth = 0; nth < 20; nth += 1)
        await keepPromptSound(db, String(nth).padStart(64, "0"), randomBytes(100_000));
      // What was told last and is gone was told all the same: its number comes no second time.
      await db.deleteFrom("events").where("seq", "=", 5).execute();
    });
    await store.close();
  });
  after(() => dir.remove());

  it("is the same to the last byte in PostgreSQL, and again in SQLite", async () => {
    const url = await empty();
    const tables = await copied(at("from.db"), url);
    expect(tables.find(({ table }) => table === "verifications")).to.include({ rows: ROWS, found: 0 });
    await copied(url, at("back.db"));
    const before = await contents(at("from.db"));
    expect(await contents(url)).to.deep.equal(before);
    expect(await contents(at("back.db"))).to.deep.equal(before);
    expect(before["verifications"]).to.have.length(ROWS);
    expect(before["prompt_sounds"]).to.have.length(20);
  });

  it("serves like any other: by the same key, and with numbers that go on", async () => {
    for (const url of [await empty(), at("on.db")]) {
      await copied(at("from.db"), url);
      const store = await Store.open(dir.path, url);
      await store.write((db) =>
        appendEvent(db, store.vault, {
          clientId: "cli_a",
          type: "verification.created",
          now: NOW,
          data: {},
          verificationSeq: null,
        }),
      );
      const events = await listEventsAfter(store.read, store.vault, "cli_a", 4, 10);
      expect(events.map(({ seq }) => seq)).to.deep.equal([6]);
      await store.close();
    }
  });

  it("goes on where it was broken off, and serves nobody until then", async () => {
    const url = await empty();
    const broken = new Error("the power went");
    let pages = 0;
    const failing: DatabasePlace = {
      ...place(url),
      open: async (...args) => {
        const database = await place(url).open(...args);
        return {
          ...database,
          get foreignVersion() {
            return database.foreignVersion;
          },
          write: (work, urgency) => {
            pages += 1;
            return pages > 4 ? Promise.reject(broken) : database.write(work, urgency);
          },
        };
      },
    };
    const parts = { from: place(at("from.db")), onTable: () => undefined };
    expect(await copyDatabase({ ...parts, to: failing }).catch((error: unknown) => error)).to.equal(broken);
    const opened = await Store.open(dir.path, url).catch((error: unknown) => error);
    expect(opened).to.include({ code: "copy_unfinished" });
    const tables = await copied(at("from.db"), url);
    expect(tables.some(({ found, rows }) => found > 0 && found <= rows)).to.equal(true);
    expect(await contents(url)).to.deep.equal(await contents(at("from.db")));
  });

  it("is refused while a service has the database that is to be copied", async () => {
    const url = await empty();
    await copied(at("from.db"), url);
    const service = await Store.open(dir.path, url, undefined, { node: "one" });
    expect(await refusal(url, at("beside.db"))).to.be.instanceOf(DatabaseInUseError);
    await service.close();
    expect(await refusal(url, at("beside.db"))).to.equal(undefined);
  });

  it("is refused where something is already, or nothing is to be copied, and changes nothing", async () => {
    const taken = at("taken.db");
    const store = await Store.open(dir.path, taken);
    await store.write((db) => insertClient(db, { id: "cli_x", name: "x", created_at: NOW }));
    await store.close();
    expect(await refusal(at("from.db"), taken)).to.equal("not_empty");
    expect(await refusal(at("none.db"), await empty())).to.equal("no_database");
    const again = await Store.open(dir.path, taken);
    expect((await listClients(again.read)).map(({ id }) => id)).to.deep.equal(["cli_x"]);
    await again.close();
  });

  it("is found to be another where somebody wrote meanwhile, and serves nobody", async () => {
    const url = at("torn.db");
    const source: DatabasePlace = {
      ...place(at("from.db")),
      openToRead: async () => {
        const database = await place(at("from.db")).openToRead();
        return { ...database, foreignVersion: 0, reader: database.reader };
      },
    };
    const onTable = ({ table }: TableCopied): void => {
      if (table !== "clients") return;
      late = Store.open(dir.path, at("from.db")).then(async (store) => {
        await store.write((db) =>
          db.updateTable("clients").set({ name: "someone else" }).where("id", "=", "cli_b").execute(),
        );
        await store.close();
      });
    };
    let late: Promise<void> = Promise.resolve();
    const done = copyDatabase({
      ...{ from: source, onTable },
      to: { ...place(url), copies: { ...place(url).copies, countFrom: () => late } },
    }).catch((error: unknown) => error);
    expect(await done).to.include({ code: "not_the_same" });
    expect(await Store.open(dir.path, url).catch((error: unknown) => error)).to.include({
      code: "copy_unfinished",
    });
  });
});
