import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import type { MigrationNotice } from "../../src/store/database.js";
import { keepCopy } from "../../src/store/sqlite/before-migration.js";
import { StoreFixture } from "../support/store-fixture.js";

describe("a copy from before a migration", () => {
  let fixture: StoreFixture;
  const file = (): string => path.join(fixture.dir, "honnin.db");
  const copies = async (): Promise<string[]> =>
    (await readdir(fixture.dir)).filter((name) => name.includes(".before-")).sort();

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a"], 0);
  });
  afterEach(() => fixture.close());

  it("is told of, whole, its owner's alone, and kept beside the last two others", async () => {
    const told: MigrationNotice[] = [];
    for (const name of ["0100-a", "0101-b", "0102-c", "0103-d"]) {
      keepCopy(file(), [name, "0999-z"], (notice) => told.push(notice));
    }
    const kept = await copies();
    expect(kept.map((name) => name.split(/before-|-\d+T/)[1])).to.deep.equal(["0101-b", "0102-c", "0103-d"]);
    expect(told.at(-1)).to.deep.equal({
      ...{ database: file(), pending: ["0103-d", "0999-z"], copy: path.join(fixture.dir, kept.at(-1)!) },
    });
    for (const name of kept) {
      expect((await stat(path.join(fixture.dir, name))).mode & 0o777).to.equal(0o600);
      const copy = new BetterSqlite(path.join(fixture.dir, name), { readonly: true });
      expect(copy.prepare("select id from clients").pluck().all()).to.deep.equal(["a"]);
      copy.close();
    }
  });

  it("takes away what a process that was killed has left, and is not made where nothing is to be changed", async () => {
    writeFileSync(`${file()}.before-0001-x-20260101T000000000Z.part`, "half");
    keepCopy(file(), [], () => expect.fail("told of nothing"));
    expect(await copies()).to.have.length(1);
    keepCopy(file(), ["0100-a"], () => undefined);
    expect((await copies()).filter((name) => name.endsWith(".part"))).to.deep.equal([]);
    expect(await copies()).to.have.length(1);
  });
});
