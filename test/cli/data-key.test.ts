import { expect } from "chai";
import { existsSync, watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { lockDataDir } from "../../src/service/instance-lock.js";
import { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { tempDir } from "../support/temp-dir.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

describe("honnin data-key rotate", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
    const store = await Store.open(dir.path);
    await store.write(async (db) => {
      await db.insertInto("clients").values({ id: "a", name: "a", created_at: 0 }).execute();
      for (let n = 0; n < 2_000; n += 1) {
        const ended = {
          status: "verified" as const,
          completed_at: 1,
          next_attempt_at: null,
          code_hash: null,
        };
        await insertVerification(db, { ...verificationRow(store, "a", `v${String(n)}`, 0), ...ended });
      }
    });
    await store.close();
  });
  afterEach(() => dir.remove());

  const rotate = (): Promise<Outcome> => HonninCommand.run(dir.path, ["data-key", "rotate", "--json"]);
  const keyFile = (): string => path.join(dir.path, "keys/data.key");

  it("is refused while a service runs, and goes on wherever it was killed", async () => {
    const unlock = lockDataDir(dir.path);
    const beside = await rotate();
    unlock();
    expect(beside.stderr).to.contain("data_dir_in_use");
    const before = await readFile(keyFile(), "utf8");
    for (const kill of [1, 3]) {
      const command = new HonninCommand(dir.path, ["data-key", "rotate"]);
      let seen = 0;
      const watcher = watch(path.join(dir.path, "keys"), () => {
        seen += 1;
        if (seen >= kill) command.signal("SIGKILL");
      });
      await command.ended();
      watcher.close();
    }
    const { code, stderr, stdout } = await rotate();
    expect(code, stderr).to.equal(0);
    const { old_key: old } = JSON.parse(stdout) as { old_key: string };
    expect(existsSync(old)).to.equal(true);
    expect(await readFile(keyFile(), "utf8")).to.not.equal(before);
    expect(
      (await readdir(path.join(dir.path, "keys"))).filter((name) => name.endsWith(".next")),
    ).to.deep.equal([]);
    const store = await Store.open(dir.path);
    try {
      const rows = await store.read.selectFrom("verifications").selectAll().execute();
      expect(new Set(rows.map((row) => store.vault.decipherNumber(row.number_cipher)))).to.deep.equal(
        new Set([NUMBER]),
      );
      expect(rows.every((row) => row.number_index.equals(store.vault.indexNumber(NUMBER)))).to.equal(true);
    } finally {
      await store.close();
    }
  });
});
