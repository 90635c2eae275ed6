import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { lockDataDir } from "../../src/service/instance-lock.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";

const MODULE = path.join(PROJECT_DIR, "src/service/instance-lock.ts");
const START_MS = 120_000;

describe("the lock of a data directory", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let others: ChildProcess[] = [];

  beforeEach(async () => {
    dir = await tempDir();
    others = [];
  });

  afterEach(async () => {
    for (const other of others) await kill(other);
    await dir.remove();
  });

  /** Another process tries to take the lock, and keeps it when it gets it. */
  async function elsewhere(dataDir: string): Promise<{ said: string; process: ChildProcess }> {
    const script = `import { lockDataDir } from ${JSON.stringify(MODULE)};
      try { globalThis.unlock = lockDataDir(${JSON.stringify(dataDir)}); process.stdout.write("held"); }
      catch (error) { process.stdout.write(error.code); }
      setInterval(() => undefined, 60_000);`;
    const other = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
      cwd: PROJECT_DIR,
      stdio: ["ignore", "pipe", "inherit"],
    });
    others.push(other);
    const [said] = (await once(other.stdout, "data", { signal: AbortSignal.timeout(START_MS) })) as [Buffer];
    return { said: said.toString(), process: other };
  }

  async function kill(other: ChildProcess): Promise<void> {
    if (other.exitCode !== null || other.signalCode !== null) return;
    const gone = once(other, "close");
    other.kill("SIGKILL");
    await gone;
  }

  it("is refused to a second one, in this process as in another, and stays with the first", async () => {
    const unlock = lockDataDir(dir.path);
    for (let again = 0; again < 2; again++) {
      expect(() => lockDataDir(dir.path))
        .to.throw(`another honnin (pid ${process.pid}) runs on ${dir.path}`)
        .with.property("code", "data_dir_in_use");
    }
    expect((await elsewhere(dir.path)).said).to.equal("data_dir_in_use");
    unlock();
  });

  it("can be taken by another once it was given back", async () => {
    lockDataDir(dir.path)();
    expect((await elsewhere(dir.path)).said).to.equal("held");
    expect(() => lockDataDir(dir.path)).to.throw("another honnin");
  });

  it("goes with a killed process, whoever has its pid now", async () => {
    const killed = await elsewhere(dir.path);
    expect(killed.said).to.equal("held");
    await kill(killed.process);
    const bystander = await elsewhere(path.join(dir.path, "another"));
    await writeFile(path.join(dir.path, "service.pid"), String(bystander.process.pid));
    lockDataDir(dir.path)();
  });

  it("is a matter of its owner only", async () => {
    const unlock = lockDataDir(dir.path);
    for (const file of ["service.lock", "service.pid"]) {
      expect((await stat(path.join(dir.path, file))).mode & 0o777, file).to.equal(0o600);
    }
    unlock();
  });
});
