import { expect } from "chai";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { machineGroup } from "../../src/cli/doctor/machine-group.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";
import { found } from "./found.js";

interface Told {
  readonly findings: readonly { readonly id: string; readonly seen: string }[];
}

const PROGRAM = [process.execPath, path.join(PROJECT_DIR, "scripts/honnin.mjs")] as const;

describe("honnin doctor, on the machine", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  /** The real command, under what a shell makes of its limits. */
  async function seenUnder(
    shell: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Map<string, string>> {
    const inShell = ["bash", "-c", `${shell}; exec "$0" "$@"`, ...PROGRAM] as const;
    const command = new HonninCommand(dir.path, ["doctor", "--json"], env, inShell);
    const { stdout, stderr } = await command.ended();
    expect(stdout, stderr).not.to.equal("");
    return new Map((JSON.parse(stdout) as Told).findings.map(({ id, seen }) => [id, seen]));
  }

  /** A program of that name, before all others. */
  async function stub(name: string, script: string): Promise<Readonly<Record<string, string>>> {
    const file = path.join(dir.path, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return { PATH: `${dir.path}:${process.env["PATH"] ?? ""}` };
  }

  it("finds limits that are too low, by what they are", async () => {
    const seen = await seenUnder("ulimit -n 512; ulimit -u 900; ulimit -d 900000");
    expect(seen.get("descriptors-few")).to.equal("nofile: 512");
    expect(seen.get("processes-few")).to.equal("nproc: 900");
    expect(seen.get("memory-limited")).to.equal("878 MB");
  });

  it("finds none of them where they are wide", async () => {
    const seen = await seenUnder("true");
    for (const id of ["node-old", "processes-few"]) expect([...seen.keys()]).not.to.include(id);
  });

  it("finds that the clock is not synchronized, where the system says so", async () => {
    const seen = await seenUnder("true", await stub("timedatectl", "echo NTPSynchronized=no"));
    expect(seen.get("clock-not-synchronized")).to.equal("NTPSynchronized=no");
    const well = await seenUnder("true", await stub("timedatectl", "echo NTPSynchronized=yes"));
    expect([...well.keys()]).not.to.include("clock-not-synchronized");
  });

  it("finds that Asterisk would not run in real time", async () => {
    const refusing = await stub("chrt", "echo 'chrt: failed to set: Operation not permitted' >&2; exit 1");
    expect((await seenUnder("true", refusing)).get("real-time-missing")).to.contain("not permitted");
    expect([...(await seenUnder("true", await stub("chrt", "exit 0"))).keys()]).not.to.include(
      "real-time-missing",
    );
  });

  it("finds a Node that is too old, of the service that runs", async () => {
    const patient = { env: {}, cwd: dir.path, dataDir: dir.path, config: null, settings: null };
    const nothing = { keyFile: "", store: null, storeError: null, pid: null, now: Date.now() };
    const standing = {
      version: "0",
      pid: 1,
      troubles: [],
      warnings: [],
      ports: { api: 1, ops: 2, sip: 3 },
      sms: [],
      data_key: "0123456789abcdef",
      asterisk: null,
    };
    const look = async (node: string): Promise<readonly string[]> =>
      (await machineGroup.look({ ...patient, ...nothing, standing: { ...standing, node } })).map(
        ({ id }) => id,
      );
    for (const old of ["v20.20.0", "v22.14.0"]) expect(await look(old)).to.include("node-old");
    for (const fit of ["v22.15.0", "v24.1.0"]) expect(await look(fit)).not.to.include("node-old");
  });

  it("says nothing of its own where nothing is set", async () => {
    for (const { seen } of await found(machineGroup, dir.path)) expect(seen).not.to.equal("");
  });
});
