import { expect } from "chai";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

/** By the folder in which the command is run, which is the data directory in these tests. */
const KEY_FILE = { HONNIN_KEY_FILE: "secret/honnin.key" };

describe("HONNIN_KEY_FILE", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  const at = (...names: readonly string[]): string => path.join(dir.path, ...names);
  const run = async (dataDir: string, ...args: readonly string[]): Promise<Outcome> => {
    await mkdir(dataDir, { recursive: true });
    return HonninCommand.run(dataDir, args, KEY_FILE);
  };
  const runs = async (dataDir: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(dataDir, ...args);
    expect(code, stderr).to.equal(0);
    return stdout + stderr;
  };

  it("is where the key is made, kept when it is rotated, backed up from and restored to", async () => {
    const made = at("made");
    await runs(made, "client", "create", "shop");
    const key = path.join(made, "secret/honnin.key");
    expect(existsSync(path.join(made, "keys"))).to.equal(false);
    const first = await readFile(key, "utf8");

    const said = await runs(made, "data-key", "rotate");
    const left = await readdir(path.dirname(key));
    expect(
      left.filter((name) => /^honnin\.key\.[0-9a-f]{16}$/.test(name)),
      left.join(),
    ).to.have.length(1);
    expect(said).to.contain(`${key}.`);
    expect(await readFile(key, "utf8")).not.to.equal(first);

    const [bare, whole] = [at("bare.tar"), at("whole.tar")];
    expect(await runs(made, "backup", bare)).to.contain(`${key} is not in it`);
    await runs(made, "backup", whole, "--with-keys");
    const restored = at("restored");
    await runs(restored, "restore", whole);
    const restoredKey = path.join(restored, "secret/honnin.key");
    expect(await readFile(restoredKey, "utf8")).to.equal(await readFile(key, "utf8"));
    expect(existsSync(path.join(restored, "keys"))).to.equal(false);
    expect(await runs(restored, "client", "list")).to.contain("shop");

    const brought = at("brought");
    await mkdir(path.join(brought, "secret"), { recursive: true });
    await writeFile(path.join(brought, "secret/honnin.key"), await readFile(key), { mode: 0o600 });
    await runs(brought, "restore", bare);
    expect(await runs(brought, "client", "list")).to.contain("shop");
  });

  it("is named where it is missing, is another's, or may be read by others", async () => {
    const made = at("made");
    await runs(made, "client", "create", "shop");
    const key = path.join(made, "secret/honnin.key");
    const text = await readFile(key);
    const seen = async (id: string): Promise<string | undefined> => {
      const { stdout } = await run(made, "doctor", "--json");
      const { findings } = JSON.parse(stdout) as { findings: readonly { id: string; seen: string }[] };
      return findings.find((one) => one.id === id)?.seen;
    };
    await writeFile(key, `${Buffer.alloc(32, 7).toString("base64")}\n`);
    const another = await run(made, "client", "list");
    expect(another.code).to.equal(4);
    expect(another.stderr).to.contain(`${key} is not the key`);
    expect(await seen("key-of-another")).to.equal(key);
    await writeFile(key, text);
    await chmod(key, 0o644);
    expect(await seen("key-readable")).to.contain(key);
    await rm(key);
    expect((await run(made, "client", "create", "other")).stderr).to.contain(`${key} is missing`);
    expect(await seen("key-missing")).to.equal(key);
    expect(existsSync(key)).to.equal(false);
  });
});
