import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { architecture } from "./architecture.js";
import type { Command } from "./command.js";
import { BrokenRootError } from "./fetch-errors.js";
import { runProgram } from "./run-program.js";

/** Debian packages unpacked into a folder, from which their programs run without being installed. */
export interface DebianRoot {
  readonly path: string;
  /** Of the main package, the first that was asked for. */
  readonly version: string;
  /** Package → version, dependencies included. */
  readonly packages: Readonly<Record<string, string>>;
}

interface Stamp {
  readonly version: string;
  readonly packages: Readonly<Record<string, string>>;
}

const STAMP = "honnin-root.json";

/** Written last: a root without it is not whole. */
export async function writeStamp(path: string, stamp: Stamp): Promise<void> {
  await writeFile(join(path, STAMP), `${JSON.stringify(stamp, null, 1)}\n`);
}

/** The root at this path if it is whole, else null. */
export async function readRoot(path: string): Promise<DebianRoot | null> {
  try {
    const stamp = JSON.parse(await readFile(join(path, STAMP), "utf8")) as Stamp;
    return { path, version: stamp.version, packages: stamp.packages };
  } catch {
    return null;
  }
}

/**
 * How to run a program of a root: by the root's own loader and libraries, whatever this machine has. The
 * loader does not look into the machine's library cache, so nothing newer or older slips in from there.
 */
export function commandInRoot(root: string, program: string): Command {
  const file = join(root, program);
  return {
    file: findLoader(root, program),
    args: ["--inhibit-cache", "--library-path", libraryPath(root), file],
    env: {},
  };
}

/** Lists what the loader would load; fails if a library is missing or not from the root. */
export async function checkProgram(root: string, program: string): Promise<void> {
  const { file, args } = commandInRoot(root, program);
  const result = await runProgram(file, ["--list", ...args], { deadlineMs: 30_000 });
  const missing = result.stdout.split("\n").filter((line) => line.includes("not found"));
  if (result.code === 0 && missing.length === 0) return;
  throw new BrokenRootError(program, [...missing, result.stderr.trim()].join(" ").trim());
}

function findLoader(root: string, program: string): string {
  const { loader, triplet } = architecture();
  // Up to Debian 12 libraries lie in /lib, from 13 on in /usr/lib.
  const places = ["usr/lib64", "lib64", "usr/lib", "lib", `usr/lib/${triplet}`, `lib/${triplet}`];
  const found = places.map((place) => join(root, place, loader)).find((path) => existsSync(path));
  if (found === undefined) throw new BrokenRootError(program, `${loader} is not among the packages`);
  return found;
}

/** The library folders, and those beneath them that hold private libraries (pulseaudio, blas, …). */
function libraryPath(root: string): string {
  const { triplet } = architecture();
  // The last for Debian 11's Asterisk, which keeps its own library (libasteriskpj) outside the triplet.
  const folders = [`usr/lib/${triplet}`, `lib/${triplet}`, "usr/lib"]
    .map((place) => join(root, place))
    .filter(existsSync);
  const private_ = folders.flatMap((folder) =>
    ["pulseaudio", "blas", "lapack", "samba", "systemd"].map((name) => join(folder, name)).filter(isFolder),
  );
  return [...folders, ...private_].join(":");
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length > 0;
}
