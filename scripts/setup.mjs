#!/usr/bin/env node
// Brings a fresh clone to the point where Honnin runs, and is quick and silent when there is nothing to do.
// Node's own modules only: nothing is installed yet when this starts.
//
//   --with-demo          Asterisk and the softphone, also where the service drives an Asterisk of the user's own
//   --with-test-phones   SIPp, ffmpeg, Asterisk 16 and a browser too, for the tests
//   --refresh            look for newer versions of Asterisk and the telephones
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inProject = (...parts) => path.join(PROJECT, ...parts);
const say = (line) => console.error(`setup: ${line}`);

class SetupError extends Error {}

try {
  requireNode();
  installDependencies();
  compile();
  await fetchPrograms();
} catch (error) {
  // Errors with a code are ours and say what to do; any other is a mistake in here, and its stack helps.
  const known = error instanceof SetupError || typeof error.code === "string";
  say(known ? error.message : error.stack);
  process.exitCode = 1;
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(`Node.js 20.19 or later is needed; this is ${process.versions.node}.`);
}

function installDependencies() {
  const lockFile = readFileSync(inProject("package-lock.json"));
  // SQLite is compiled for one generation of Node on one kind of machine.
  const { modules } = process.versions;
  const wanted = `${createHash("sha256").update(lockFile).digest("hex")} ${modules} ${process.arch}`;
  const stamp = inProject("node_modules", ".honnin-lock-hash");
  if (read(stamp) === wanted) return;
  oneAtATime();
  if (!installedAsLocked(JSON.parse(lockFile))) {
    say("installing dependencies (npm ci); compiling SQLite takes a minute or two");
    // Development dependencies include the compiler, whatever NODE_ENV says.
    withBuildTools("npm ci", () => runNpm("ci", "--include=dev"));
  } else if (!sqliteLoads()) {
    say(`compiling SQLite for Node ${process.versions.node}; this takes a minute or two`);
    withBuildTools("npm rebuild", () => runNpm("rebuild", "better-sqlite3"));
    if (!sqliteLoads()) throw new SetupError("SQLite cannot be loaded by this Node.");
  }
  writeFileSync(stamp, wanted);
}

/**
 * Two set-ups at the same time would wipe what the other reads: whoever has something to do waits for its turn, and
 * then looks anew what there is to do.
 */
function oneAtATime() {
  if (process.env.HONNIN_SETUP_LOCKED !== undefined) return;
  mkdirSync(inProject(".honnin"), { recursive: true });
  const self = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, HONNIN_SETUP_LOCKED: "1" };
  const { status, error } = spawnSync("flock", [inProject(".honnin", "setup.lock"), ...self], {
    env,
    stdio: "inherit",
  });
  // No flock on this machine: alone, as far as anybody can tell.
  if (error === undefined) process.exit(status ?? 1);
}

/** Whether the compiled part of SQLite fits this Node. */
function sqliteLoads() {
  const script = 'new (require("better-sqlite3"))(":memory:")';
  return spawnSync(process.execPath, ["-e", script], { cwd: PROJECT }).status === 0;
}

/** Whether npm's own note of what it installed has every package of the lock file: somebody ran npm by hand. */
function installedAsLocked(lock) {
  const note = read(inProject("node_modules", ".package-lock.json"));
  if (note === null) return false;
  const installed = JSON.parse(note).packages;
  return Object.entries(lock.packages).every(
    ([place, { version, optional }]) => place === "" || optional || installed[place]?.version === version,
  );
}

/** Tries once more when tools to compile were missing and could be installed. */
function withBuildTools(what, install) {
  if (install() || (installBuildTools() && install())) return;
  throw new SetupError(`${what} failed; its own message above says why.`);
}

function runNpm(...args) {
  const env = withoutSettings();
  // node-gyp would download the headers of this Node; where they lie beside it there is no need.
  const prefix = path.dirname(path.dirname(process.execPath));
  if (existsSync(path.join(prefix, "include/node/node_version.h"))) env.npm_config_nodedir = prefix;
  return run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { env });
}

/** For a better-sqlite3 that found no ready-made binary. Returns whether it is worth trying again. */
function installBuildTools() {
  const tools = ["make", "g++", "python3"];
  const missing = tools.filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  if (missing.length === 0) return false;
  const command = `apt-get install --yes --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `SQLite has to be compiled, which needs ${missing.join(", ")}. Run: sudo ${command}`,
    );
  }
  say(`installing ${missing.join(", ")} to compile SQLite`);
  const env = { ...withoutSettings(), DEBIAN_FRONTEND: "noninteractive" };
  return run("apt-get", ["update", "-qq"], { env }) && run("apt-get", command.split(" ").slice(1), { env });
}

function compile() {
  const wanted = fingerprint(
    [inProject("src")],
    ["tsconfig.json", "tsconfig.build.json", "package-lock.json"],
  );
  const stamp = inProject("dist", ".honnin-source-hash");
  if (read(stamp) === wanted) return;
  oneAtATime();
  say("compiling");
  if (!run("npm", ["run", "--silent", "build"])) throw new SetupError("compiling failed.");
  mkdirSync(inProject("dist"), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Of names, sizes and times: reading 150 files takes longer than looking at them. */
function fingerprint(folders, files) {
  const hash = createHash("sha256");
  const add = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  };
  for (const folder of folders) {
    const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts"));
    for (const name of names.sort()) add(path.join(folder, name));
  }
  for (const file of files) add(inProject(file));
  return hash.digest("hex");
}

async function fetchPrograms() {
  const { setUpPrograms } = await import(new URL("../dist/asterisk/setup.js", import.meta.url).href);
  const withTestPhones = process.argv.includes("--with-test-phones");
  await setUpPrograms({
    projectDir: PROJECT,
    withAsterisk: withTestPhones || process.argv.includes("--with-demo") || (await drivesBundledAsterisk()),
    withTestPhones,
    refresh: process.argv.includes("--refresh"),
    progress: say,
  });
}

/** With an Asterisk of the user's own there is nothing to fetch for the service itself. */
async function drivesBundledAsterisk() {
  const { loadConfig } = await import(new URL("../dist/config.js", import.meta.url).href);
  try {
    return loadConfig(process.env, process.cwd()).ariUrl === undefined;
  } catch {
    // Settings that are wrong are the service's to complain of, when it starts.
    return true;
  }
}

/** The trunk's password is one of our settings, and nothing for scripts that packages run when they are installed. */
function withoutSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HONNIN_")));
}

/** Runs with what it prints shown, on standard error: standard output is for data. */
function run(file, args, options = {}) {
  const env = withoutSettings();
  const { status, error } = spawnSync(file, args, { cwd: PROJECT, env, stdio: ["ignore", 2, 2], ...options });
  if (error !== undefined) throw new SetupError(`cannot run ${file}: ${error.message}`);
  return status === 0;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
