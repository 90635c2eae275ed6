import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { databaseGroup, judgeSync } from "../../src/cli/doctor/database-group.js";
import { Store } from "../../src/store/store.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";
import { expectOnly, found, ids } from "./found.js";

const LAST = "(select name from kysely_migration order by name desc limit 1)";
/** A process that begins to write, says so, and never ends it. */
const HOLDER = `
  const Database = require("better-sqlite3");
  const database = new Database(process.argv[1]);
  database.exec("begin immediate");
  process.stdout.write("held");
  setInterval(() => undefined, 1000);
`;

describe("honnin doctor, on the database", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const file = (): string => path.join(dir.path, "honnin.db");

  beforeEach(async () => {
    dir = await tempDir();
    await (await Store.open(dir.path)).close();
  });

  afterEach(async () => {
    await dir.remove();
  });

  /** A slow disk under the tests is no fault of the database. */
  const look = async (): ReturnType<typeof found> =>
    (await found(databaseGroup, dir.path)).filter(({ id }) => id !== "database-slow");

  function change(sql: string): void {
    const database = new BetterSqlite(file());
    database.exec(sql);
    database.close();
  }

  it("finds nothing where it is sound, and leaves nothing behind", async () => {
    // SQLite's own files beside it come and go with whoever reads.
    const files = async (): Promise<string[]> =>
      (await readdir(dir.path)).filter((name) => !/-(?:wal|shm)$/.test(name));
    const before = await files();
    expect(await look()).to.deep.equal([]);
    expect(await files()).to.deep.equal(before);
  });

  it("finds that it is an older or a newer version's", async () => {
    change(`delete from kysely_migration where name = ${LAST}`);
    expectOnly(await look(), "database-older", "honnin.db");
    change("insert into kysely_migration values ('9999-of-tomorrow', '2099-01-01')");
    expectOnly(await look(), "database-newer", "honnin.db");
  });

  it("finds pages that were overwritten", async () => {
    const handle = await open(file(), "r+");
    const { size } = await handle.stat();
    for (let at = 8_192; at < size; at += 8_192) await handle.write(Buffer.alloc(600, 0xff), 0, 600, at);
    await handle.close();
    expect(ids(await look())).to.include("database-damaged");
  });

  it("finds a file that is none", async () => {
    await truncate(file(), 0);
    await writeFile(
      file(),
      "this is no database, and never was one; it is long enough to be taken for one".repeat(20),
    );
    expect(ids(await look())).to.include("database-unreadable");
  });

  it("finds who keeps it locked, and nobody once that is over", async () => {
    const holder = spawn(process.execPath, ["-e", HOLDER, file()], {
      cwd: PROJECT_DIR,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(holder.stdout, "data");
      expectOnly(await look(), "database-locked", `pid ${String(holder.pid)}`);
    } finally {
      const ended = once(holder, "close");
      holder.kill("SIGKILL");
      await ended;
    }
    expect(await look()).to.deep.equal([]);
  });

  it("finds a folder that cannot be written to", async () => {
    // A file of that name is in the way, for root may write to whatever it likes.
    await writeFile(path.join(dir.path, `.doctor-${String(process.pid)}`), "");
    expectOnly(await look(), "database-unwritable", dir.path);
  });

  it("calls a disk slow by the median of its times", () => {
    expect(judgeSync("/data", [1, 2, 300, 2, 1])).to.deep.equal([]);
    expect(judgeSync("/data", [60, 70, 1, 90, 80])).to.deep.equal([
      { id: "database-slow", seen: "/data: fsync 70 ms" },
    ]);
  });
});
