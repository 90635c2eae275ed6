#!/usr/bin/env node
// Brings a fresh clone to the point where Honnin runs, and is quick and silent when there is nothing to do.
// Node's own modules only: nothing is installed yet when this starts.
//
//   --with-demo          Asterisk and the softphone, also where the service drives an Asterisk of the user's own
//   --with-test-phones   SIPp, Linphone, ffmpeg, Asterisk 16, PHP, PostgreSQL, Prometheus, Kamailio, HAProxy, faketime,
//                        systemd and two browsers too, for the tests
//   --without-programs   the program itself and nothing to run it with: to pack it
//   --refresh            look for newer versions of Asterisk and the telephones
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "./runtime.mjs";

const PROJECT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inProject = (...parts) => path.join(PROJECT, ...parts);
const say = (line) => console.error(`setup: ${line}`);

class SetupError extends Error {}

try {
  await onRightNode();
  installDependencies();
  bundle();
  if (!process.argv.includes("--without-programs")) await fetchPrograms();
} catch (error) {
  // Errors with a code are ours and say what to do; any other is a mistake in here, and its stack helps.
  const known = error instanceof SetupError || typeof error.code === "string";
  say(known ? error.message : error.stack);
  process.exitCode = 1;
}

/** All that follows, and all that is started later (`scripts/on-node`), runs on one Node, whatever PATH finds then. */
async function onRightNode() {
  const node = await runtime(say);
  remember(node);
  if (node === process.execPath) return;
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: "inherit" });
  process.exit(status ?? 1);
}

function remember(node) {
  const link = inProject(".honnin", "bin", "node");
  if (readlink(link) === node) return;
  mkdirSync(path.dirname(link), { recursive: true });
  const fresh = `${link}.${process.pid}`;
  symlinkSync(node, fresh);
  renameSync(fresh, link);
}

function installDependencies() {
  const lockFile = readFileSync(inProject("package-lock.json"));
  const wanted = `${createHash("sha256").update(lockFile).digest("hex")} ${process.arch}`;
  const stamp = inProject("node_modules", ".honnin-lock-hash");
  if (read(stamp) === wanted) return;
  oneAtATime();
  if (!installedAsLocked(JSON.parse(lockFile)) || !sqliteLoads()) {
    say("installing dependencies (npm ci)");
    // Development dependencies include the compiler, whatever NODE_ENV says.
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    if (!run("npm", args)) throw new SetupError("npm ci failed; its own message above says why.");
  }
  if (!sqliteLoads()) throw new SetupError("better-sqlite3 has no SQLite for this machine.");
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

/** It comes ready-made for Linux on amd64 and arm64. */
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

function bundle() {
  // The demonstration site is the example.
  const program = fingerprint(
    [inProject("src"), inProject("examples", "password-reset", "typescript")],
    ["scripts/build.mjs", "package-lock.json"],
  );
  const pages = fingerprint(
    [inProject("web"), inProject("src", "console", "contract"), inProject("src", "admins")],
    ["scripts/build-web.mjs", "package-lock.json"],
  );
  for (const [what, wanted, stamp, script] of [
    ["bundling", program, inProject("dist", ".honnin-source-hash"), "build.mjs"],
    ["building the pages", pages, inProject("dist", "web", ".honnin-source-hash"), "build-web.mjs"],
  ]) {
    if (read(stamp) === wanted) continue;
    oneAtATime();
    say(what);
    if (!run(process.execPath, [inProject("scripts", script)])) throw new SetupError(`${what} failed.`);
    writeFileSync(stamp, wanted);
  }
}

/** Of names, sizes and times: reading 150 files takes longer than looking at them. */
function fingerprint(folders, files) {
  const hash = createHash("sha256");
  const add = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  };
  for (const folder of folders) {
    const names = readdirSync(folder, { recursive: true }).filter((name) => /\.(tsx?|html|css)$/.test(name));
    for (const name of names.sort()) add(path.join(folder, name));
  }
  for (const file of files) add(inProject(file));
  return hash.digest("hex");
}

async function fetchPrograms() {
  const { setUpPrograms } = await import(new URL("../dist/setup.js", import.meta.url).href);
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
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("HONNIN_"));
  // npm and what it runs go by this Node, not by the machine's.
  const searched = `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`;
  return { ...Object.fromEntries(others), PATH: searched };
}

/** Runs with what it prints shown, on standard error: standard output is for data. */
function run(file, args, options = {}) {
  const env = withoutSettings();
  const { status, error } = spawnSync(file, args, { cwd: PROJECT, env, stdio: ["ignore", 2, 2], ...options });
  if (error !== undefined) throw new SetupError(`cannot run ${file}: ${error.message}`);
  return status === 0;
}

function readlink(file) {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
