import { expect } from "chai";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Membership } from "../../src/nodes/membership.js";
import { insertClient } from "../../src/store/clients.js";
import { findNode } from "../../src/store/nodes.js";
import { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { readKeyFile } from "../../src/vault/key-file.js";
import { openVault } from "../../src/vault/open-vault.js";
import { VaultError } from "../../src/vault/vault.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { type PostgresServer, sharedPostgres } from "../support/postgres.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: unknown) => error,
  );

/** A node on a machine of its own, as far as its key file goes. */
interface Machine {
  readonly store: Store;
  readonly membership: Membership;
  readonly log: ReturnType<typeof capturedLog>;
}

describe("the data key of nodes on one database", function () {
  this.timeout(300_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let server: PostgresServer;
  let url: string;
  const machines: Machine[] = [];

  before(async () => {
    await setUp();
    server = await sharedPostgres();
  });
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(async () => {
    for (const { membership, store } of machines.splice(0)) {
      await membership.leave();
      await store.close();
    }
    await dir.remove();
  });

  const at = (machine: string): string => path.join(dir.path, machine);
  const keyAt = (machine: string): string => path.join(at(machine), "keys/data.key");
  const bringKey = async (from: string, to: string): Promise<void> => {
    await mkdir(path.dirname(keyAt(to)), { recursive: true });
    await copyFile(keyAt(from), keyAt(to));
  };
  const open = (machine: string, node?: string): Promise<Store> =>
    Store.open(at(machine), url, undefined, node === undefined ? undefined : { node });
  const join = async (machine: string): Promise<Machine> => {
    const store = await open(machine, machine);
    const log = capturedLog();
    const membership = new Membership({
      ...{ store, log: log.log, name: machine, version: "1" },
      clock: () => store.now(),
    });
    await membership.join();
    const nothing = (): Promise<void> => Promise.resolve();
    const ignored = { onOpen: () => undefined, onOthers: () => undefined };
    membership.serve({ ...ignored, onFenced: nothing, onDuty: nothing, onOrphans: nothing });
    const joined = { store, membership, log };
    machines.push(joined);
    return joined;
  };
  const register = ({ store }: Machine, id: string): Promise<void> =>
    store.write(async (db) => {
      const ended = { completed_at: store.now(), code_hash: null, next_attempt_at: null } as const;
      const row = { ...verificationRow(store, "cli_a", id, store.now()), ...ended };
      await insertVerification(db, { ...row, status: "verified" });
    });
  const readAll = async ({ read, vault }: Store): Promise<number> => {
    const rows = await read.selectFrom("verifications").select("number_cipher").execute();
    for (const row of rows) expect(vault.decipherNumber(row.number_cipher)).to.equal(NUMBER);
    return rows.length;
  };
  /** A database with the key of machine `a`, which is brought to `b`. */
  const begin = async (): Promise<void> => {
    url = await server.database();
    await mkdir(at("a"));
    openVault(at("a"), false);
    await bringKey("a", "b");
    const store = await open("a");
    await store.write((db) => insertClient(db, { id: "cli_a", name: "a", created_at: 1 }));
    await store.close();
  };

  it("is to be brought over: without it, and with another, a node does not start and makes none", async () => {
    await begin();
    const without = await outcome(open("c", "c"));
    expect(without).to.be.instanceOf(VaultError);
    expect(without)
      .to.have.property("message")
      .that.contains(keyAt("c"))
      .and.contains("bring the key file over");
    expect(existsSync(at("c"))).to.equal(false);

    openVault(at("d"), false);
    const another = await outcome(open("d", "d"));
    expect(another).to.be.instanceOf(VaultError);
    expect(another).to.have.property("message").that.contains(keyAt("d"));
    expect(existsSync(keyAt("d")), "somebody's key is never deleted").to.equal(true);
  });

  it("is that of one of two that begin on an empty database at the same moment", async () => {
    for (let round = 0; round < 3; round += 1) {
      url = await server.database("empty");
      const names = [`a${String(round)}`, `b${String(round)}`];
      const both = await Promise.all(names.map((name) => outcome(open(name, name))));
      const [store] = both.filter((one) => one instanceof Store);
      const refused = both.filter((one) => one instanceof VaultError);
      expect(refused, both.map(String).join("\n")).to.have.length(1);
      const loser = names[both.indexOf(refused[0])] ?? "";
      expect(existsSync(keyAt(loser)), "its key is under nothing").to.equal(false);
      await store?.close();
    }
  });

  it("is rotated when every node has the new file; until then nothing is under the new key", async () => {
    await begin();
    const a = await join("a");
    const b = await join("b");
    await register(a, "before");
    const old = a.store.vault.fingerprint;
    const rotate = (...more: readonly string[]): HonninCommand =>
      new HonninCommand(at("a"), ["data-key", "rotate", "--json", ...more], {
        HONNIN_DATABASE_URL: url,
        HONNIN_NODE: "a",
      });

    const early = await rotate("--wait", "0").ended();
    expect(early.code, early.stderr).to.equal(4);
    expect(early.stderr)
      .to.contain("key_not_taken_up")
      .and.match(/brought to (a, )?b:/);
    await register(a, "a, not changed over");
    await register(b, "b, not changed over");
    expect([a.store.vault.fingerprint, b.store.vault.fingerprint]).to.deep.equal([old, old]);
    expect(await readAll(b.store), "all is opened by who has the old key alone").to.equal(3);
    await poll(() => Promise.resolve(b.log.text().includes("is behind")), PATIENCE_MS, "b tells of it");
    await mkdir(path.join(at("c"), "keys"), { recursive: true });
    await copyFile(`${keyAt("a")}.${old}`, keyAt("c"));
    const late = await outcome(open("c", "c"));
    expect(late, "one more with the old key alone").to.be.instanceOf(VaultError);
    expect(late).to.have.property("message").that.contains("is being rotated");

    const going = rotate();
    await going.said("Copy the new key file");
    await register(b, "b, while it is waited for");
    await bringKey("a", "b");
    const { code, stdout, stderr } = await going.ended();
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({ verifications: 4, nodes_to_bring_to: ["b"] });
    const present = readKeyFile(await readFile(keyAt("a"), "utf8"));
    expect(present.fingerprint).not.to.equal(old);
    expect(present.formerFingerprint).to.equal(null);
    for (const { store } of [a, b]) expect(store.vault.fingerprint).to.equal(present.fingerprint);
    await register(a, "a, after");
    await register(b, "b, after");
    const onlyNew = await open("a");
    expect(await readAll(onlyNew), "nothing is under the old key").to.equal(6);
    await onlyNew.close();
    const again = await open("b");
    expect(again.vault.fingerprint, "by a file that names both").to.equal(present.fingerprint);
    await again.close();
    expect(await outcome(open("c")), "with the old key alone").to.be.instanceOf(VaultError);
  });

  it("is changed over without a node that is silent, which joins again when it has the file", async () => {
    await begin();
    const a = await join("a");
    const store = await open("b", "b");
    await store.join("b", "1");
    const b = { store } as Machine;
    const settings = { HONNIN_DATABASE_URL: url, HONNIN_NODE: "a" };
    const { code, stderr } = await HonninCommand.run(at("a"), ["data-key", "rotate"], settings);
    expect(code, stderr).to.equal(0);
    expect(await outcome(register(b, "by the old key"))).to.have.property("name", "NodeFencedError");
    expect(await outcome(store.join("b", "1"))).to.be.instanceOf(VaultError);
    await bringKey("a", "b");
    store.vault.refresh();
    await store.join("b", "1");
    await register(b, "by the new key");
    expect(await readAll(a.store)).to.equal(1);
    expect((await findNode(a.store.read, { name: "b" }))?.left_at).to.equal(null);
    await store.close();
  });

  it("is not rotated with the index while a node serves, and is to be brought over after it", async () => {
    await begin();
    const { membership, store } = await join("b");
    const settings = { HONNIN_DATABASE_URL: url, HONNIN_NODE: "a" };
    const rotate = ["data-key", "rotate", "--with-index", "--json"];
    const refused = await HonninCommand.run(at("a"), rotate, settings);
    expect(refused.code).to.equal(4);
    expect(refused.stderr).to.contain("stop it (all of its nodes)");
    expect((await readdir(path.dirname(keyAt("a")))).filter((name) => name.endsWith(".next"))).to.be.empty;
    machines.length = 0;
    await membership.leave();
    await store.close();
    const { code, stdout, stderr } = await HonninCommand.run(at("a"), rotate, settings);
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({ nodes_to_bring_to: ["b"] });
    expect(await outcome(open("b", "b"))).to.be.instanceOf(VaultError);
    await bringKey("a", "b");
    await (await open("b", "b")).close();
  });
});
