import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { PROJECT_DIR } from "../phones/programs.js";
import { systemdProgram } from "../support/systemd.js";
import { tempDir } from "../support/temp-dir.js";

const run = promisify(execFile);
/** Of 10; the unit of a service that nobody has thought about has 9.6. */
const MOST_EXPOSED = 2;

/** As the package has them: the script that packs them is plain JavaScript, so it is asked as a program. */
async function units(): Promise<Record<string, string>> {
  const script = `import { readFileSync } from "node:fs";
    import { systemdUnits } from "./scripts/package/systemd-units.mjs";
    console.log(JSON.stringify(systemdUnits(readFileSync("deploy/debian/honnin.service", "utf8"))));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: PROJECT_DIR });
  return JSON.parse(stdout) as Record<string, string>;
}

describe("the units of systemd", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  async function exposure(name: string, text: string): Promise<number> {
    await mkdir(dir.path, { recursive: true });
    const file = path.join(dir.path, name.replace("@.", "@bank."));
    await writeFile(file, text);
    const analyze = await systemdProgram("systemd-analyze");
    const args = [...analyze.args, "security", "--offline=true", "--no-pager", "--threshold=100", file];
    const { stdout } = await run(analyze.file, args, {
      env: { ...process.env, ...analyze.env, LC_ALL: "C.UTF-8" },
    });
    return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
  }

  for (const name of ["honnin.service", "honnin@.service"]) {
    it(`leave little to be taken by whoever gets into the process: ${name}`, async () => {
      const { [name]: text = "" } = await units();
      expect(await exposure(name, text)).to.be.at.most(MOST_EXPOSED);
    });

    it(`let Asterisk be served in real time and before others all the same: ${name}`, async () => {
      const { [name]: text = "" } = await units();
      expect(text)
        .to.match(/^LimitRTPRIO=10$/m)
        .and.to.match(/^LimitNICE=-10$/m);
      expect(text).not.to.match(/^RestrictRealtime=(yes|true)$/m);
      // V8 compiles as it runs.
      expect(text).not.to.match(/^MemoryDenyWriteExecute=(yes|true)$/m);
    });
  }

  it("are judged at all: without its fences the same service is exposed", async () => {
    const { "honnin.service": text = "" } = await units();
    const bare = text.replace(/^(Protect|Private|Restrict|Capability|SystemCall|NoNew)\w*=.*$/gm, "");
    expect(await exposure("bare.service", bare)).to.be.above(5);
  });

  it("leave nothing to fill in, and differ in their settings and data", async () => {
    const { "honnin.service": one = "", "honnin@.service": many = "" } = await units();
    expect(one + many).not.to.match(/\{\{|undefined/);
    expect(one).to.contain("HONNIN_CONFIG=/etc/honnin/honnin.yaml HONNIN_DATA_DIR=/var/lib/honnin ");
    expect(many).to.contain(
      "HONNIN_CONFIG=/etc/honnin/%i.yaml HONNIN_DATA_DIR=/var/lib/honnin/instances/%i ",
    );
  });

  it("wait for a drain longer than one can be set to last, and do not try again what is set wrongly", async () => {
    const { "honnin.service": text = "" } = await units();
    expect(text).to.match(/^TimeoutStopSec=11min$/m);
    const settings = await readFile(path.join(PROJECT_DIR, "src/settings.ts"), "utf8");
    expect(settings).to.match(/"HONNIN_DRAIN_SECONDS",\s+number\(60, 0, 600\)/);
    const codes = await readFile(path.join(PROJECT_DIR, "src/cli/exit-codes.ts"), "utf8");
    expect(text).to.contain(`RestartPreventExitStatus=${/config: (\d)/.exec(codes)?.[1] ?? "?"}`);
  });
});
