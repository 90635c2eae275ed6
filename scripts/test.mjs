#!/usr/bin/env node
// Runs mocha over everything, or over the files given, and closes with one plain line of counts that any
// CI can read. A run in which nothing was tested has failed.
//
//   --over-postgres   runs what goes to the database and nothing else over PostgreSQL
//   --record   notes how long each file took, for the order of later runs (test/durations.json)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const DURATIONS = path.join(PROJECT, "test/durations.json");
// Most of the time is waiting: for telephones to ring, prompts to be heard, deadlines to pass. So more files are run side
// by side than there are cores, each with ports, data and processes of its own.
const AT_ONCE = 2 * availableParallelism();

// Keys as fast as a machine presses them, each known by when Asterisk read its end: they are judged before the rest, which
// holds Asterisk up for seconds at times (its disk, not its processor).
const APART = /^test\/keys\//;

// What goes to the database and nothing else, and is run over PostgreSQL too: `npm run test:postgres`.
const OVER_POSTGRES =
  /^test\/(store\/store|prompts\/(call-prompts|local-sounds)|acts\/(enrolled-call-backs|enrollments|inbound))\.test\.ts$/;

const record = process.argv.includes("--record");
const overPostgres = process.argv.includes("--over-postgres");
const files = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const notes = mkdtempSync(path.join(tmpdir(), "honnin-durations-"));
const noted = path.join(notes, "seconds");
appendFileSync(noted, "");

const runs = files.length > 0 ? [{ files, jobs: 1 }] : everything();
const ends = [];
for (const run of runs) ends.push(await runMocha(run));
const [passed, failed] = ["passed", "failed"].map((what) => ends.reduce((sum, end) => sum + end[what], 0));
if (record) keepDurations();
rmSync(notes, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
// A run in which nothing was tested has failed.
process.exitCode = ends.find(({ code }) => code !== 0)?.code ?? (ends.every((end) => end.passed > 0) ? 0 : 1);

function everything() {
  const sorted = longestFirst();
  const runs = [true, false].map((apart) => ({
    files: sorted.filter((file) => APART.test(file) === apart),
    jobs: AT_ONCE,
  }));
  if (!overPostgres) return runs;
  const both = sorted.filter((file) => OVER_POSTGRES.test(file));
  // Each of the jobs has a server of its own.
  return [{ files: both, jobs: 2, env: { HONNIN_TEST_DATABASE: "postgres" } }];
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
  return { code: code ?? 1, passed: counted("passing"), failed: counted("failing") };
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
