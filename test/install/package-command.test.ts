import { readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { runBounded } from "../../src/run-bounded.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";

const COMMAND = path.join(PROJECT_DIR, "deploy/debian/honnin");
const PROGRAM = "/usr/lib/honnin/scripts/honnin";

describe("the command of the package", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    dir = await tempDir();
    // Tells as whom, with which settings and what is run.
    await stub("setpriv", 'echo "$@"; echo "$HONNIN_CONFIG"; echo "$HONNIN_DATA_DIR"');
  });
  afterEach(() => dir.remove());

  async function stub(name: string, script: string): Promise<void> {
    await writeFile(path.join(dir.path, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(dir.path, name), 0o755);
  }

  async function honnin(
    user: "root" | "hanako",
    args: readonly string[],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; lines: readonly string[]; stderr: string }> {
    await stub("id", user === "root" ? "echo 0" : '[ "$1" = -u ] && echo 1000 || echo hanako');
    const env = { PATH: `${dir.path}:${process.env["PATH"] ?? ""}`, ...settings };
    const ran = await runBounded("sh", [COMMAND, ...args], { env, deadlineMs: 60_000, maxBytes: 10_000 });
    return { code: ran.code, lines: ran.stdout.toString().trim().split("\n"), stderr: ran.stderr };
  }

  it("is run as the service's user, with its settings and data", async () => {
    expect((await honnin("root", ["key", "create", "--client", "shop"])).lines).to.deep.equal([
      `--reuid=honnin --regid=honnin --init-groups -- ${PROGRAM} key create --client shop`,
      "/etc/honnin/honnin.yaml",
      "/var/lib/honnin",
    ]);
  });

  it("is of an instance where one is named, and of the same files as its unit", async () => {
    const { lines } = await honnin("root", ["key", "list"], { HONNIN_INSTANCE: "bank" });
    expect(lines.slice(1)).to.deep.equal(["/etc/honnin/bank.yaml", "/var/lib/honnin/instances/bank"]);
    const units = readFileSync(path.join(PROJECT_DIR, "scripts/package/systemd-units.mjs"), "utf8");
    for (const file of lines.slice(1))
      expect(units).to.contain(`"${file.replace("bank", "%i").replace("/var/lib/", "")}"`);
  });

  it("takes no name of an instance that leads elsewhere, and does not make files of anybody else's", async () => {
    for (const name of ["../x", "a b", "x.yaml"]) {
      const { code, stderr } = await honnin("root", ["key", "list"], { HONNIN_INSTANCE: name });
      expect([code, stderr]).to.deep.equal([2, "honnin: HONNIN_INSTANCE may have letters, digits, _ and -"]);
    }
    const { code, stderr } = await honnin("hanako", ["key", "list"]);
    expect(code).to.equal(4);
    expect(stderr).to.contain("sudo honnin key");
  });
});
