#!/usr/bin/env node
// Runs mocha over everything, or over the files given, and closes with one plain line of counts that any
// CI can read. A run in which nothing was tested has failed.
//
//   --over-postgres   runs what is run over PostgreSQL too, and nothing else
//   --record   notes how long each file took, for the order of later runs (test/durations.json)
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  appendFileSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROJECT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const DURATIONS = path.join(PROJECT, "test/durations.json");
// Most of the time is waiting: for telephones to ring, prompts to be heard, deadlines to pass. So more files are run side
// by side than there are cores, each with ports, data and processes of its own.
const AT_ONCE = 3 * availableParallelism();

// Of the failures of one part, at the end, characters; they stand in full where they happened.
const MOST_TOLD = 20_000;

// Keys as fast as a machine presses them, each known by when Asterisk read its end: they are judged before the rest, which
// holds Asterisk up for seconds at times (its disk, not its processor).
const APART = /^test\/keys\//;

// Several nodes with an Asterisk each: they want the machine for themselves, one after another. What becomes of calls when
// nodes die takes minutes of waiting, and is run by `npm run test:nodes`.
const NODES = /^test\/topology\//;
const NODES_HERE = /^test\/topology\/load\.test\.ts$/;

// What is run over PostgreSQL too: all that goes to the database, by the API, the console, the command that examines it, and
// by calls of every kind. What is left out is about telephones, trunks and Asterisk, or about the files of SQLite.
const OVER_POSTGRES = [
  /^test\/(acts|events|http|messages|receipts|upkeep|usage)\//,
  /^test\/console\/(?!prompts|phone-relay)/,
  /^test\/store\/store\.test/,
  /^test\/prompts\/(call-prompts|local-sounds)\.test/,
  /^test\/telephony\/intake\.test/,
  /^test\/doctor\/(receipts|stored)\.test/,
  /^test\/attacks\/toll-fraud\.test/,
  /^test\/calls\/(outbound|inbound|enrollments|call-backs|clients|spoken|sms|transactions|prompts|usage)\.test/,
  /^test\/calls\/(faults|inbound-faults|refused-commit|stop-while-starting|console-live|metrics)\.test/,
];
// By which of those is told whether a test opens a database at all.
const OPENS_DATABASE = /(-fixture|test-database|messages-stage|call-service)\.js"/;

const record = process.argv.includes("--record");
const overPostgres = process.argv.includes("--over-postgres");
const files = process.argv.slice(2).filter((word) => !word.startsWith("--"));
// All files of this run, and the sign by which its processes are known. In memory where there is plenty: most of what
// tests waited for was the disk, and none of them cuts the power.
const place = mkdtempSync(path.join(placeInMemory() ?? tmpdir(), "hn-"));
keepTranslations();
const noted = path.join(place, "seconds");
appendFileSync(noted, "");

const runs = files.length > 0 ? [{ files, jobs: 1 }] : everything();
const ends = [];
for (const run of runs) ends.push(await runMocha(run));
const [passed, failed] = ["passed", "failed"].map((what) => ends.reduce((sum, end) => sum + end[what], 0));
if (record) keepDurations();
const left = await leftBehind();
// Once more at the very end: of a long run that is all that many show.
for (const { failures } of ends) if (failures !== "") console.log(failures.slice(0, MOST_TOLD).trimEnd());
if (left.length > 0) console.log(`the run left processes behind:\n  ${left.join("\n  ")}`);
rmSync(place, { recursive: true, force: true, maxRetries: 5 });
console.log(`${passed} passed, ${failed} failed`);
// A run in which nothing was tested has failed.
const isDone = ends.every((end) => end.passed > 0) && left.length === 0;
process.exitCode = ends.find(({ code }) => code !== 0)?.code ?? (isDone ? 0 : 1);

function everything() {
  const sorted = longestFirst();
  const others = sorted.filter((file) => !NODES.test(file));
  const both = others.filter(
    (file) => OVER_POSTGRES.some((name) => name.test(file)) && OPENS_DATABASE.test(contentOf(file)),
  );
  // Each of the jobs has a server of its own.
  const postgres = { files: both, jobs: AT_ONCE, env: { HONNIN_TEST_DATABASE: "postgres" } };
  if (overPostgres) return [postgres];
  return [
    ...[true, false].map((apart) => ({
      files: others.filter((file) => APART.test(file) === apart),
      jobs: AT_ONCE,
    })),
    postgres,
    { files: sorted.filter((file) => NODES_HERE.test(file)), jobs: 1 },
  ];
}

function contentOf(file) {
  return readFileSync(path.join(PROJECT, file), "utf8");
}

/** Resolves when it has ended: with its exit code, 1 where a signal ended it. */
async function runMocha(run) {
  const options = run.jobs > 1 ? ["--parallel", "--jobs", `${run.jobs}`, "--no-color"] : [];
  const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  const child = spawn(process.execPath, ["--import", "tsx", mocha, ...options, ...run.files], {
    cwd: PROJECT,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      TMPDIR: place,
      // Fewer collections of what is young: a tenth of the processor's time.
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --max-semi-space-size=64`.trim(),
      ...run.env,
      // How long a file takes is noted of its first run.
      ...(record && run.env === undefined ? { HONNIN_TEST_DURATIONS: noted } : {}),
    },
  });
  let tail = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text) => {
    process.stdout.write(text);
    tail = (tail + text).slice(-1_000_000);
  });
  const [code] = await once(child, "close");
  const counted = (what) => Number(new RegExp(`^ {2}(\\d+) ${what}`, "m").exec(tail)?.[1] ?? 0);
  const failures = /^ {2}\d+ failing$[^]*/m.exec(tail)?.[0] ?? "";
  return { code: code ?? 1, passed: counted("passing"), failed: counted("failing"), failures };
}

/** What tsx has translated stays from one run to the next. */
function keepTranslations() {
  const name = `tsx-${process.getuid()}`;
  const kept = path.join(tmpdir(), name);
  mkdirSync(kept, { recursive: true });
  symlinkSync(kept, path.join(place, name));
}

/** A file system in memory, with room for all that tests write, whose programs may be run; undefined: there is none. */
function placeInMemory() {
  const found = "/dev/shm";
  try {
    accessSync(found, constants.W_OK);
    const { bavail, bsize } = statfsSync(found);
    const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
    const options = mounts.map((line) => line.split(" ")).find(([, at]) => at === found)?.[3] ?? "noexec";
    return bavail * bsize > 8e9 && !options.split(",").includes("noexec") ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Processes of this run that go on after it, by their command lines; those that are ending have a while for it. */
async function leftBehind() {
  let found = [];
  for (let looks = 0; looks < 100; looks += 1) {
    found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isOfThisRun(name));
    if (found.length === 0) break;
    await delay(100);
  }
  return found.map((pid) => `${pid}: ${read(pid, "cmdline").replaceAll("\0", " ").slice(0, 300)}`);
}

function isOfThisRun(pid) {
  return read(pid, "environ").split("\0").includes(`TMPDIR=${place}`) && read(pid, "cmdline") !== "";
}

function read(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** A long file that begins last keeps everybody waiting. Of a new one nothing is known: it may be long. */
function longestFirst() {
  const seconds = JSON.parse(readFileSync(DURATIONS, "utf8"));
  const found = readdirSync(path.join(PROJECT, "test"), { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => path.posix.join("test", name));
  return found.sort((a, b) => (seconds[b] ?? Infinity) - (seconds[a] ?? Infinity) || (a < b ? -1 : 1));
}

function keepDurations() {
  const lines = readFileSync(noted, "utf8").split("\n");
  const pairs = lines.filter((line) => line !== "").map((line) => line.split("\t"));
  const took = pairs.map(([file, seconds]) => [path.relative(PROJECT, file), Math.ceil(Number(seconds))]);
  const sorted = took.sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(DURATIONS, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
