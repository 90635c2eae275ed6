import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chownSync } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { findAsterisk } from "../../src/asterisk/asterisk-installation.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";

interface Told {
  readonly findings: readonly { readonly id: string; readonly seen: string }[];
}
type Env = Readonly<Record<string, string>>;

const PROGRAM = [process.execPath, path.join(PROJECT_DIR, "scripts/honnin.mjs")] as const;
/** As root of a machine that has its own mounts, host name and network, and as nobody's root outside. */
const AS_ROOT = "unshare --user --map-root-user --mount --uts --net";
/** As somebody who is not root there. */
const AS_USER = "unshare --user --map-user=1000 --map-group=1000";
const SOUNDS = path.join(PROJECT_DIR, "sounds");

/** What this machine does not have is made in namespaces of the kernel's: the very causes, for one command alone. */
describe("honnin doctor, on another machine", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  /** What the real command finds there, after a script that made it so. */
  async function seenOn(made: string, env: Env = {}, as = ""): Promise<Map<string, string>> {
    const script = `${made || ":"}; exec ${as} "$0" "$@"`;
    const there = [...AS_ROOT.split(" "), "bash", "-ec", script, ...PROGRAM];
    const [file = "", ...first] = made === "" ? [...as.split(" "), ...PROGRAM] : there;
    const command = new HonninCommand(dir.path, ["doctor", "--json"], env, [file, ...first]);
    const { stdout, stderr } = await command.ended();
    expect(stdout, stderr).not.to.equal("");
    return new Map((JSON.parse(stdout) as Told).findings.map(({ id, seen }) => [id, seen]));
  }

  it("finds neither on this one what is missing or closed on those", async () => {
    const seen = await seenOn("hostname localhost");
    const made = ["asterisk-missing", "asterisk-modules-missing", "sounds-missing", "host-name-unknown"];
    for (const id of [...made, "memory-short", "data-dir-of-another", "port-not-permitted"])
      expect([...seen.keys()]).not.to.include(id);
  });

  it("finds that there is no Asterisk, or not all of its modules", async () => {
    const { moduleDir } = (await findAsterisk(PROJECT_DIR))!;
    const gone = await seenOn(`mount -t tmpfs none ${moduleDir}`);
    expect(gone.get("asterisk-missing")).to.contain("res_ari.so");
    const names = (await readdir(moduleDir)).filter((name) => name !== "res_stasis_playback.so");
    await mkdir(path.join(dir.path, "modules"));
    for (const name of names) await writeFile(path.join(dir.path, "modules", name), "");
    const lacking = await seenOn(`mount --bind ${dir.path}/modules ${moduleDir}`);
    expect(lacking.get("asterisk-modules-missing")).to.equal(`${moduleDir}: res_stasis_playback.so`);
  });

  it("finds that sounds are missing", async () => {
    await HonninCommand.run(dir.path, ["client", "create", "shop"]);
    const words = path.join(dir.path, "prompts.yaml");
    await copyFile(path.join(SOUNDS, "ja", "prompts.yaml"), words);
    const gone = await seenOn(`mount -t tmpfs none ${SOUNDS}/ja; cp ${words} ${SOUNDS}/ja/`);
    expect(gone.get("sounds-missing")).to.match(new RegExp(`^${SOUNDS}/ja/\\S+\\.\\w+, .* … \\(\\d+\\)$`));
    const all = await seenOn(`mount -t tmpfs none ${SOUNDS}/ja`);
    expect(all.get("sounds-missing")).to.contain(`${SOUNDS}/ja/prompts.yaml`);
  });

  it("finds that an Asterisk of another user cannot read the sounds", async () => {
    // An Asterisk here runs as whoever runs the tests: that it is another's is told by a stand-in, and that alone.
    const ari: Server = createServer((_request, response) => {
      response.end(
        JSON.stringify({ system: { version: "22.10.1" }, config: { setid: { user: "asterisk" } } }),
      );
    }).listen(0, "127.0.0.1");
    await once(ari, "listening");
    const url = `http://127.0.0.1:${String((ari.address() as AddressInfo).port)}`;
    const own = { HONNIN_ARI_URL: url, HONNIN_ARI_USERNAME: "honnin", HONNIN_ARI_PASSWORD: "p" };
    try {
      // In this network: the stand-in is here.
      const closed = ["unshare --user --map-root-user --mount bash -ec"];
      const script = `mount --bind ${SOUNDS} ${SOUNDS}; mount -t tmpfs -o mode=0750 none ${SOUNDS}; exec "$0" "$@"`;
      const command = new HonninCommand(dir.path, ["doctor", "--json"], own, [
        ...(closed[0]!.split(" ") as [string, ...string[]]),
        script,
        ...PROGRAM,
      ]);
      const { stdout, stderr } = await command.ended();
      expect(stdout, stderr).to.contain(`asterisk: ${SOUNDS} (0750)`).and.contain("sounds-unreadable");
    } finally {
      ari.close();
    }
  });

  it("finds a host name that does not resolve", async () => {
    const seen = await seenOn("hostname nowhere-at-all");
    expect(seen.get("host-name-unknown")).to.contain("nowhere-at-all");
  });

  it("finds a disk that is full, nearly full, or has no room for one more file", async () => {
    const data = path.join(dir.path, "data");
    await mkdir(data);
    const on = (options: string, more = ":"): Promise<Map<string, string>> =>
      seenOn(`mount -t tmpfs -o ${options} none ${data}; ${more}`, { HONNIN_DATA_DIR: data });
    expect((await on("size=400m")).get("disk-full")).to.contain(`${data}: `);
    expect((await on("size=700m")).get("disk-nearly-full")).to.contain(`${data}: `);
    const files = "for n in $(seq 198); do : >" + `${data}/$n; done`;
    expect((await on("size=2g,nr_inodes=200", files)).get("inodes-nearly-gone")).to.match(/: [01]$/);
    const well = await on("size=2g");
    for (const id of ["disk-full", "disk-nearly-full", "inodes-nearly-gone"])
      expect([...well.keys()]).not.to.include(id);
  });

  it("finds a data directory that is another user's", async () => {
    const root = process.getuid?.() === 0;
    // Root gives it to somebody else; whoever is not root takes a folder of root's.
    if (root) chownSync(dir.path, 1, 1);
    const env = root ? {} : { HONNIN_DATA_DIR: "/usr" };
    const seen = await seenOn("", env, root ? AS_USER : "env");
    expect(seen.get("data-dir-of-another")).to.match(/uid \d+, not \d+$/);
    if (root) chownSync(dir.path, 0, 0);
  });

  it("finds a port that only root may take", async () => {
    const seen = await seenOn(":", { HONNIN_API_HOST: "0.0.0.0", HONNIN_API_PORT: "443" }, AS_USER);
    expect(seen.get("port-not-permitted")).to.contain("HONNIN_API_PORT: 0.0.0.0:443");
  });

  it("finds that the system permits no real time", async () => {
    // Its root is nobody outside, and may not.
    expect((await seenOn("ulimit -r 0")).get("real-time-missing")).to.contain("not permitted");
  });

  it("finds that memory is short", async () => {
    // To take all of this machine's would end whoever else runs on it: another figure of the kernel's is put before it.
    const figures = execFileSync("cat", ["/proc/meminfo"]).toString();
    const file = path.join(dir.path, "meminfo");
    await writeFile(file, figures.replace(/^MemAvailable:.*$/m, "MemAvailable: 100000 kB"));
    expect((await seenOn(`mount --bind ${file} /proc/meminfo`)).get("memory-short")).to.contain("97 MB");
  });

  it("finds a disk that is slow to keep what it was given", async () => {
    // No disk here is: each of the command's own syncs waits as one of a failing disk would.
    const slow = `import{open}from"node:fs/promises";const f=await open("/dev/null"),p=Object.getPrototypeOf(f),s=p.datasync;
      await f.close();p.datasync=async function(){await new Promise(r=>setTimeout(r,60));return s.call(this)}`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(slow)}` };
    expect((await seenOn(":", env)).get("database-slow")).to.match(/: fsync \d+ ms$/);
  });
});
