#!/usr/bin/env node
// Makes the Debian package: `npm run package` → dist/honnin_VERSION_amd64.deb. Needs no root, and the same sources give
// the same bytes: times are SOURCE_DATE_EPOCH, or that of the last commit (docs/decisions/0028).
//
//   --arch amd64|arm64   default: this machine's
//   --version VERSION    another than that of package.json: to try an upgrade
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { layOut } from "./lay-out.mjs";
import { PROJECT, run, say } from "./steps.mjs";
import { clampTimes, installedKilobytes, md5sums } from "./tree.mjs";

const PROCESSORS = { amd64: "x64", arm64: "arm64" };
const THIS_MACHINE = process.arch === "arm64" ? "arm64" : "amd64";

const { values } = parseArgs({
  options: { arch: { type: "string", default: THIS_MACHINE }, version: { type: "string" } },
});
const { arch } = values;
const processor = PROCESSORS[arch];
if (processor === undefined) {
  say(`--arch: got ${arch}, expected amd64 or arm64`);
  process.exit(2);
}
const version =
  values.version ?? JSON.parse(readFileSync(path.join(PROJECT, "package.json"), "utf8")).version;
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? timeOfCommit());
const stage = path.join(PROJECT, "dist", "package", arch);
const target = path.join(PROJECT, "dist", `honnin_${version}_${arch}.deb`);

rmSync(stage, { recursive: true, force: true });
await layOut(stage, { processor, version });
control();
clampTimes(stage, epoch);
// Zstandard, which every distribution it is for knows, for it takes a tenth of the time of xz. One thread: with more the
// compressed bytes may be others.
const env = { SOURCE_DATE_EPOCH: String(epoch), DPKG_DEB_THREADS_MAX: "1" };
run("dpkg-deb", ["--root-owner-group", "-Zzstd", "-z6", "--build", stage, target], env);
rmSync(stage, { recursive: true, force: true });
console.log(path.relative(process.cwd(), target));

function control() {
  const debian = (name) => path.join(PROJECT, "deploy", "debian", name);
  const folder = path.join(stage, "DEBIAN");
  mkdirSync(folder, { mode: 0o755 });
  const fields = { version, architecture: arch, installedSize: installedKilobytes(stage) };
  const text = readFileSync(debian("control"), "utf8").replaceAll(
    /\{\{(\w+)\}\}/g,
    (_, name) => fields[name],
  );
  writeFileSync(path.join(folder, "control"), text);
  writeFileSync(path.join(folder, "conffiles"), "/etc/honnin/honnin.yaml\n");
  writeFileSync(path.join(folder, "md5sums"), md5sums(stage));
  for (const script of ["postinst", "prerm", "postrm"]) {
    writeFileSync(path.join(folder, script), readFileSync(debian(script)));
    chmodSync(path.join(folder, script), 0o755);
  }
}

/** Of the last commit, in seconds; of a folder that git does not know, 0. */
function timeOfCommit() {
  const { status, stdout } = spawnSync("git", ["log", "-1", "--format=%ct"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : "0";
}
