import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { readCandidate } from "../../src/programs/apt-workspace.js";
import { architecture } from "../../src/programs/architecture.js";
import { ensureComponent, findComponent } from "../../src/programs/components.js";
import { UnsupportedArchitectureError } from "../../src/programs/fetch-errors.js";
import { withFileLock } from "../../src/programs/file-lock.js";
import { runProgram } from "../../src/programs/run-program.js";
import { isAtLeast } from "../../src/programs/version-order.js";
import { tempDir } from "../support/temp-dir.js";
import { PROJECT_DIR } from "../asterisk/configuration-values.js";

const silent = (line: string): void => {
  expect.fail(`nothing was to be fetched, but: ${line}`);
};

describe("programs fetched from Debian", () => {
  it("are found without a word once they are there", async () => {
    const baresip = await ensureComponent("baresip", { projectDir: PROJECT_DIR, progress: silent });
    expect(isAtLeast(baresip.version, "1.1")).to.be.true;
  });

  it("are shared with a second clone, which fetches nothing", async () => {
    const clone = await tempDir();
    // As its set-up makes it: without it the note would be this user's, and there for the next run.
    await mkdir(path.join(clone.path, ".honnin"));
    const first = await ensureComponent("sip-tester", { projectDir: PROJECT_DIR, progress: silent });
    expect(await findComponent("sip-tester", clone.path)).to.be.null;
    const second = await ensureComponent("sip-tester", { projectDir: clone.path, progress: silent });
    expect(second.root).to.equal(first.root);
    expect((await findComponent("sip-tester", clone.path))?.root).to.equal(first.root);
    await clone.remove();
  });

  it("run by their own loader and libraries", async () => {
    const sipp = await ensureComponent("sip-tester", { projectDir: PROJECT_DIR, progress: silent });
    const { file, args } = sipp.command("usr/bin/sipp");
    expect(file.startsWith(sipp.root)).to.be.true;
    const { stdout } = await runProgram(file, [...args, "-v"], { deadlineMs: 10_000 });
    expect(stdout).to.contain(`SIPp v${sipp.version}`);
  });

  it("have nothing set-user-id among them", async () => {
    const { root } = await ensureComponent("baresip", { projectDir: PROJECT_DIR, progress: silent });
    const { stdout } = await runProgram("find", [root, "-perm", "/6000"], { deadlineMs: 30_000 });
    expect(stdout).to.equal("");
  });

  it("are chosen by upstream's version, whatever Debian puts around it", () => {
    expect(isAtLeast("1:22.10.1+dfsg+~cs6.17-1", "22.10.1")).to.be.true;
    expect(isAtLeast("1:22.9.9~dfsg-1", "22.10.1")).to.be.false;
    expect(isAtLeast("23.0", "22.10.1")).to.be.true;
    expect(readCandidate("asterisk:\n  Installed: (none)\n  Candidate: (none)\n")).to.be.null;
    expect(readCandidate("sipp:\n  Installed: (none)\n  Candidate: 1:3.8.0-1\n")).to.equal("1:3.8.0-1");
  });

  it("are refused for a processor that Debian's packages were not tried on", () => {
    expect(() => architecture("riscv64")).to.throw(UnsupportedArchitectureError);
  });
});

describe("the lock around a fetch", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  it("lets one in at a time", async () => {
    const lock = path.join(dir.path, "lock");
    const notes = path.join(dir.path, "notes");
    const work = (name: string): Promise<void> =>
      withFileLock(lock, async () => {
        await appendFile(notes, `${name} in\n`);
        await appendFile(notes, `${name} out\n`);
      });
    await Promise.all(["a", "b", "c"].map(work));
    const lines = (await readFile(notes, "utf8")).trim().split("\n");
    for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).to.equal(lines[i]?.replace("in", "out"));
  });

  it("is free again when its holder was killed", async () => {
    const lock = path.join(dir.path, "lock");
    const module = path.join(PROJECT_DIR, "src/programs/file-lock.ts");
    const script = `import { withFileLock } from ${JSON.stringify(module)};
      await withFileLock(${JSON.stringify(lock)}, () => { process.stdout.write("held"); return new Promise((r) => setTimeout(r, 60_000)); });`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", script];
    const holder = spawn(process.execPath, args, { cwd: PROJECT_DIR, stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    holder.kill("SIGKILL");
    expect(await withFileLock(lock, () => Promise.resolve("mine"))).to.equal("mine");
  });
});
