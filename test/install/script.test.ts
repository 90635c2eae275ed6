import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";

describe("scripts/install", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  async function install(
    id: string,
    version: string,
    ...args: string[]
  ): Promise<{ code: number | null; said: string }> {
    const release = path.join(dir.path, "os-release");
    await writeFile(release, `ID=${id}\nVERSION_ID="${version}"\n`);
    const env = { ...process.env, HONNIN_OS_RELEASE: release };
    const run = spawnSync("sh", [path.join(PROJECT_DIR, "scripts/install"), ...args], {
      env,
      encoding: "utf8",
    });
    return { code: run.status, said: run.stdout + run.stderr };
  }

  for (const [id, version] of [
    ["debian", "12"],
    ["debian", "13"],
    ["ubuntu", "24.04"],
    ["ubuntu", "26.04"],
  ] as const) {
    it(`prints what it would do, and does nothing: ${id} ${version}`, async () => {
      const { code, said } = await install(
        id,
        version,
        "--dry-run",
        "--package",
        path.join(PROJECT_DIR, "package.json"),
      );
      expect(code, said).to.equal(0);
      const steps = said.split("\n").filter((line) => line.startsWith("+ "));
      expect(steps).to.have.length(2);
      expect(steps[1]).to.match(/^\+ apt-get .* install \/.*\/package\.json$/);
      expect(said.includes("no Asterisk that is new enough")).to.equal(id === "ubuntu");
    });
  }

  it("refuses a system that it does not know, before it does anything", async () => {
    const { code, said } = await install("fedora", "40", "--dry-run");
    expect(code).to.equal(4);
    expect(said).to.contain("this is fedora 40").and.not.to.contain("+ ");
  });

  it("refuses words that it does not know", async () => {
    expect((await install("debian", "12", "--prugne")).code).to.equal(2);
    expect((await install("debian", "12", "--package")).code).to.equal(2);
  });
});
