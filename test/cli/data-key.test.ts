import { expect } from "chai";
import { existsSync, watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { askStanding } from "../../src/cli/service-link.js";
import { lockDataDir } from "../../src/service/instance-lock.js";
import { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { readKeyFile } from "../../src/vault/key-file.js";
import { tempDir } from "../support/temp-dir.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";
import { HonninCommand, type Outcome, runningAsterisk, setUp } from "./honnin-command.js";

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
          completed_at: Date.now(),
          next_attempt_at: null,
          code_hash: null,
        };
        await insertVerification(db, {
          ...verificationRow(store, "a", `v${String(n)}`, Date.now()),
          ...ended,
        });
      }
    });
    await store.close();
  });
  afterEach(() => dir.remove());

  const rotate = (...more: string[]): Promise<Outcome> =>
    HonninCommand.run(dir.path, ["data-key", "rotate", "--json", ...more]);
  const keyFile = (): string => path.join(dir.path, "keys/data.key");

  it("with the index is refused while a service runs, and goes on wherever it was killed", async () => {
    const unlock = lockDataDir(dir.path);
    const beside = await rotate("--with-index");
    unlock();
    expect(beside.stderr).to.contain("data_dir_in_use");
    const before = await readFile(keyFile(), "utf8");
    for (const kill of [1, 3]) {
      const command = new HonninCommand(dir.path, ["data-key", "rotate", "--with-index"]);
      let seen = 0;
      const watcher = watch(path.join(dir.path, "keys"), () => {
        seen += 1;
        if (seen >= kill) command.signal("SIGKILL");
      });
      await command.ended();
      watcher.close();
    }
    const { code, stderr, stdout } = await rotate("--with-index");
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

  it("beside a service goes on wherever it was killed, and what runs and starts meanwhile opens everything", async () => {
    const old = readKeyFile(await readFile(keyFile(), "utf8")).fingerprint;
    const beside = await Store.open(dir.path);
    try {
      for (const kill of [1, 3, 5]) {
        const command = new HonninCommand(dir.path, ["data-key", "rotate"]);
        let seen = 0;
        const watcher = watch(path.join(dir.path, "keys"), () => {
          seen += 1;
          if (seen >= kill) command.signal("SIGKILL");
        });
        await command.ended();
        watcher.close();
        await expectNumbers(beside);
        const meanwhile = await Store.open(dir.path);
        await expectNumbers(meanwhile);
        await meanwhile.close();
      }
      const { code, stderr, stdout } = await rotate();
      expect(code, stderr).to.equal(0);
      const { old_key: retired } = JSON.parse(stdout) as { old_key: string };
      expect(await readFile(retired, "utf8")).to.not.contain("former");
      await expectNumbers(beside);
      const later = {
        ...verificationRow(beside, "a", "later", Date.now()),
        completed_at: Date.now(),
        code_hash: null,
      };
      await beside.write((db) =>
        insertVerification(db, { ...later, status: "verified", next_attempt_at: null }),
      );
    } finally {
      await beside.close();
    }
    const now = readKeyFile(await readFile(keyFile(), "utf8"));
    expect(now.fingerprint).to.not.equal(old);
    expect(now.formerFingerprint).to.equal(null);
    const after = await Store.open(dir.path);
    await expectNumbers(after);
    await after.close();
  });

  it("is taken up by a running service, and refused by one that does not answer", async () => {
    const service = HonninCommand.serve(dir.path, {
      HONNIN_DIDS: "0312345678",
      HONNIN_CALLER_NUMBER: "0312345678",
    });
    try {
      await service.logged("honnin is ready");
      service.signal("SIGSTOP");
      const refused = await rotate();
      service.signal("SIGCONT");
      expect(refused.code, refused.stderr).to.equal(4);
      expect(refused.stderr).to.contain("key_not_taken_up");
      const backup = await HonninCommand.run(dir.path, ["backup", path.join(dir.path, "copy.tar")]);
      expect(backup.stderr).to.contain("key_rotating");
      const { code, stderr } = await rotate();
      expect(code, stderr).to.equal(0);
      const present = readKeyFile(await readFile(keyFile(), "utf8")).fingerprint;
      expect((await askStanding(dir.path))?.data_key, "by which the service enciphers").to.equal(present);
      const trail = await HonninCommand.run(dir.path, ["audit", "verify"]);
      expect(trail.code, trail.stderr).to.equal(0);
    } finally {
      service.signal("SIGCONT");
      service.signal("SIGTERM");
      await service.ended();
      const left = runningAsterisk(dir.path);
      if (left !== null) process.kill(left, "SIGKILL");
    }
    const after = await Store.open(dir.path);
    await expectNumbers(after);
    await after.close();
  });

  async function expectNumbers({ read, vault }: Store): Promise<void> {
    const rows = await read.selectFrom("verifications").selectAll().execute();
    expect(new Set(rows.map((row) => vault.decipherNumber(row.number_cipher)))).to.deep.equal(
      new Set([NUMBER]),
    );
    expect(rows.every((row) => row.number_index.equals(vault.indexNumber(NUMBER)))).to.equal(true);
  }
});
