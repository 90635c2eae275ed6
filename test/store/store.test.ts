import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";

import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { insertClient } from "../../src/store/clients.js";
import type { Database } from "../../src/store/database.js";
import { sqliteAt } from "../../src/store/sqlite/sqlite-database.js";
import { register } from "../../src/acts/register.js";
import { findVerificationBySeq, type NewVerification } from "../../src/store/verifications.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import type { Store } from "../../src/store/store.js";
import { LIMITS } from "../support/api-fixture.js";
import { figure } from "../attacks/figures.js";
import { tempDir } from "../support/temp-dir.js";
import { itOnSqlite, openStore } from "../support/test-database.js";
import { CODE, verificationRow } from "../support/verification-rows.js";

const NOW = 1_800_000_000_000;

describe("the store", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let store: Store;
  let ids = 0;

  const row = (overrides: Partial<NewVerification> = {}): NewVerification => {
    const id = `v${++ids}`;
    return {
      ...verificationRow(store, "cli_a", id, NOW),
      code_cipher: store.vault.seal(Buffer.from(CODE), `code/cli_a/${id}`),
      max_code_entries: 3,
      ...overrides,
    };
  };

  /** A verification whose call has been answered. */
  const onCall = async (overrides: Partial<NewVerification> = {}): Promise<number> => {
    const registration = await register(store, row(overrides), LIMITS);
    if (registration.kind !== "created") throw new Error(`not created: ${registration.kind}`);
    const { seq } = registration.stored.verification;
    await beginAttempt(store, seq, `call-${ids}`, LIMITS, NOW);
    return seq;
  };
  const key = (seq: number, digits: string, now = NOW): ReturnType<typeof ruleEntry> =>
    ruleEntry(store, seq, { kind: "code", digits }, LIMITS, now, "proved");

  beforeEach(async () => {
    dir = await tempDir();
    store = await openStore(dir.path);
    await store.write((db) => insertClient(db, { id: "cli_a", name: "a", created_at: NOW }));
  });
  afterEach(async () => {
    await store.close();
    await dir.remove();
  });

  itOnSqlite("keeps neither number nor code readable in the database files", async () => {
    await onCall();
    await store.close();
    for (const file of ["honnin.db", "honnin.db-wal"]) {
      const bytes = await readFile(path.join(dir.path, file)).catch(() => Buffer.alloc(0));
      expect(bytes.includes("9012345678")).to.equal(false);
      expect(bytes.includes("271828")).to.equal(false);
    }
    store = await openStore(dir.path);
  });

  it("removes the code when the verification ends", async () => {
    const seq = await onCall();
    expect((await findVerificationBySeq(store.read, seq))?.code_hash).to.not.equal(null);
    expect((await key(seq, "271828")).kind).to.equal("verified");
    const after = await findVerificationBySeq(store.read, seq);
    expect(after).to.include({ status: "verified", code_hash: null, code_cipher: null, completed_at: NOW });
  });

  it("verifies a code once", async () => {
    const seq = await onCall();
    const rulings = await Promise.all([key(seq, "271828"), key(seq, "271828")]);
    expect(rulings.map((ruling) => ruling.kind)).to.deep.equal(["verified", "closed"]);
  });

  it("counts wrong codes of entries at once each", async () => {
    const seq = await onCall();
    const rulings = await Promise.all(["1", "2", "3", "271828"].map((digits) => key(seq, digits)));
    expect(rulings.map((ruling) => ruling.kind)).to.deep.equal(["wrong", "wrong", "failed", "closed"]);
  });

  it("locks a number after too many wrong codes in a row, over all its verifications", async () => {
    for (const [index, tries] of [3, 2].entries()) {
      const seq = await onCall();
      for (let i = 0; i < tries; i++) {
        const ruling = await key(seq, "000000");
        const last = index === 1 && i === 1;
        if (last) expect(ruling).to.deep.equal({ kind: "failed", reason: "wrong_code" });
      }
    }
    const locked = await register(store, row(), LIMITS);
    expect(locked).to.deep.equal({ kind: "blocked", block: "too_many_failures" });
    const later = NOW + LIMITS.failureLockMs + 1;
    expect((await register(store, row({ created_at: later }), LIMITS)).kind).to.equal("created");
  });

  it("does not let a lock be waited out by a verification that was registered before", async () => {
    const early = await onCall();
    for (let i = 0; i < 2; i++) {
      const seq = await onCall();
      for (let tries = 0; tries < 3; tries++) await key(seq, "000000");
    }
    expect(await key(early, "271828")).to.deep.equal({ kind: "failed", reason: "wrong_code" });
  });

  it("forgets the failures of a number after the right code", async () => {
    const first = await onCall();
    await key(first, "000000");
    await key(first, "000000");
    await key(first, "271828");
    const second = await onCall();
    await key(second, "000000");
    await key(second, "000000");
    expect((await key(second, "271828")).kind).to.equal("verified");
  });

  it("leaves a number alone after a fraud report, also for what was registered before", async () => {
    const waiting = await register(store, row(), LIMITS);
    const seq = await onCall();
    await ruleEntry(store, seq, { kind: "fraud_report" }, LIMITS, NOW, "proved");
    expect(await register(store, row(), LIMITS)).to.deep.equal({ kind: "blocked", block: "fraud_reported" });
    if (waiting.kind !== "created") throw new Error("not created");
    const { seq: waitingSeq } = waiting.stored.verification;
    expect(await beginAttempt(store, waitingSeq, "call-w", LIMITS, NOW)).to.equal(undefined);
    expect(await findVerificationBySeq(store.read, waitingSeq)).to.include({
      status: "failed",
      reason: "fraud_reported",
    });
  });

  it("takes a verification into progress once, however often its call is begun", async () => {
    const registration = await register(store, row(), LIMITS);
    if (registration.kind !== "created") throw new Error("not created");
    const { seq } = registration.stored.verification;
    const begun = await Promise.all(["x", "y", "z"].map((id) => beginAttempt(store, seq, id, LIMITS, NOW)));
    expect(begun.filter((one) => one !== undefined).length).to.equal(1);
  });

  it("goes back to pending between two calls and fails after the last", async () => {
    const seq = await onCall({ max_call_attempts: 2 });
    const busy = { outcome: "busy", sipStatus: 486, q850Cause: 17 } as const;
    const first = await endAttempt(store, seq, `call-${ids}`, busy, 5000, NOW);
    expect(first).to.deep.equal({ kind: "redial", at: NOW + 5000 });
    expect(await findVerificationBySeq(store.read, seq)).to.include({ status: "pending" });
    await beginAttempt(store, seq, "second", LIMITS, NOW + 5000);
    await endAttempt(store, seq, "second", busy, 5000, NOW + 5001);
    expect(await findVerificationBySeq(store.read, seq)).to.include({ status: "failed", reason: "busy" });
  });

  it("tells how many writes shared each commit, and how long it took", async () => {
    const batches: number[] = [];
    store.traffic.listen(
      () => undefined,
      (writes, ms) => {
        expect(ms).to.be.greaterThan(0);
        batches.push(writes);
      },
    );
    const write = (id: string): Promise<unknown> =>
      store.write((db) => insertClient(db, { id, name: id, created_at: NOW }));
    await Promise.all(["cli_1", "cli_2", "cli_3"].map(write));
    await write("cli_4");
    // One that throws has the others written by themselves, and is in no commit.
    await Promise.allSettled(["cli_4", "cli_5"].map(write));
    expect(batches).to.deep.equal([3, 1, 1]);
  });

  it("runs the others when one piece of work in the same commit throws", async () => {
    const results = await Promise.allSettled([
      store.write((db) => insertClient(db, { id: "cli_b", name: "b", created_at: NOW })),
      store.write(() => Promise.reject(new Error("no"))),
      store.write((db) => insertClient(db, { id: "cli_c", name: "c", created_at: NOW })),
    ]);
    expect(results.map((result) => result.status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    const rows = await store.read.selectFrom("clients").select("id").orderBy("id").execute();
    expect(rows.map((client) => client.id)).to.deep.equal(["cli_a", "cli_b", "cli_c"]);
  });

  itOnSqlite(
    "waits for another program that writes without holding up anything else, and commits when it has done",
    async () => {
      const other = new BetterSqlite(path.join(dir.path, "honnin.db"));
      const lag = monitorEventLoopDelay({ resolution: 1 });
      try {
        other.exec("begin immediate");
        lag.enable();
        const written = store.write((db) =>
          insertClient(db, { id: "cli_late", name: "late", created_at: NOW }),
        );
        const names = (): Promise<unknown[]> =>
          store.read.selectFrom("clients").select("name").where("id", "=", "cli_late").execute();
        // Reads go on meanwhile, and so does everything that waits for its turn.
        for (let turn = 0; turn < 100; turn++) {
          expect(await names()).to.deep.equal([]);
          await new Promise((resolve) => setImmediate(resolve));
        }
        lag.disable();
        other.exec("rollback");
        await written;
        expect(await names()).to.have.lengthOf(1);
        figure(
          "longest delay of the event loop while another process held the database, ms",
          Math.round(lag.max / 1e6),
        );
      } finally {
        other.close();
      }
    },
  );

  itOnSqlite("runs nothing of a commit again when another program holds the database", async () => {
    const file = path.join(dir.path, "honnin.db");
    const database = await sqliteAt(file).open({ onCommit: () => undefined });
    const other = new BetterSqlite(file);
    try {
      let works = 0;
      const write = (): Promise<number> => database.write(() => Promise.resolve(++works));
      other.exec("begin immediate");
      const refused = await Promise.allSettled([write(), write(), write()]);
      for (const result of refused) {
        expect(result).to.have.property("reason").that.is.instanceOf(StoreUnavailableError);
      }
      expect(works).to.equal(0);
      other.exec("rollback");
      expect(await Promise.all([write(), write()])).to.deep.equal([1, 2]);
    } finally {
      other.close();
      await database.close();
    }
  });

  it("takes what can wait along with the next urgent write, in the order asked for", async () => {
    const done: string[] = [];
    const note = (what: string) => (): Promise<void> => {
      done.push(what);
      return Promise.resolve();
    };
    const mark = store.write(note("mark"), "soon").then(note("mark kept"));
    await store.write(note("ruling"), "now").then(note("ruling kept"));
    await mark;
    expect(done).to.deep.equal(["mark", "ruling", "mark kept", "ruling kept"]);
  });

  it("writes what can wait by itself when nothing urgent comes, and before it is closed", async () => {
    await store.write((db) => insertClient(db, { id: "cli_b", name: "b", created_at: NOW }), "soon");
    const last = store.write((db) => insertClient(db, { id: "cli_c", name: "c", created_at: NOW }), "soon");
    await store.close();
    await last;
    store = await openStore(dir.path);
    const { length } = await store.read.selectFrom("clients").select("id").execute();
    expect(length).to.equal(3);
  });

  itOnSqlite("keeps its files and its key from other users", async () => {
    for (const file of ["honnin.db", "keys/data.key"]) {
      expect((await stat(path.join(dir.path, file))).mode & 0o077).to.equal(0);
    }
  });

  itOnSqlite("is made once by ten processes that open a new one at the same time", async () => {
    const fresh = await tempDir();
    const script = `import { Store } from ${JSON.stringify(path.resolve("src/store/store.ts"))};
      await (await Store.open(${JSON.stringify(fresh.path)})).close();`;
    const run = (): Promise<unknown> =>
      promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    await Promise.all(Array.from({ length: 10 }, run));
    await fresh.remove();
  });

  itOnSqlite("is brought up to date whole or not at all", async () => {
    const fresh = await tempDir();
    const file = path.join(fresh.path, "honnin.db");
    const inTheWay = new BetterSqlite(file);
    inTheWay.exec("create table enrollments (seq integer)");
    const openDatabase = (): Promise<Database> => sqliteAt(file).open({ onCommit: () => undefined });
    const error = await openDatabase().then(
      () => "opened",
      (error: unknown) => String(error),
    );
    expect(error).to.include("already exists");
    const tables = inTheWay.prepare("select name from sqlite_master where type = 'table'").pluck().all();
    expect(tables).to.deep.equal(["enrollments"]);
    inTheWay.exec("drop table enrollments");
    await (await openDatabase()).close();
    inTheWay.close();
    await fresh.remove();
  });

  it("does not start with another key than the database was made with", async () => {
    await store.close();
    await writeFile(path.join(dir.path, "keys", "data.key"), Buffer.alloc(32, 1).toString("base64"));
    const opened = await openStore(dir.path).then(
      () => "opened",
      (error: unknown) => (error as { code: string }).code,
    );
    expect(opened).to.equal("vault_unusable");
    await dir.remove();
    dir = await tempDir();
    store = await openStore(dir.path);
  });

  it("does not start on a database whose key file is gone", async () => {
    await store.close();
    await rm(path.join(dir.path, "keys", "data.key"));
    const opened = await openStore(dir.path).then(
      () => "opened",
      (error: unknown) => (error as { code: string }).code,
    );
    expect(opened).to.equal("vault_unusable");
    await dir.remove();
    dir = await tempDir();
    store = await openStore(dir.path);
  });
});
