#!/usr/bin/env node
// Runs mocha over everything, or over the files given, and closes with one plain line of counts that any
// CI can read. A run in which nothing was tested has failed.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
const files = process.argv.slice(2);
// Most of the time is waiting: for telephones to ring, prompts to be heard, deadlines to pass. So a few files
// are run side by side, each with ports, data and processes of its own.
const AT_ONCE = 3;
const only =
  files.length === 0
    ? ["--parallel", "--jobs", `${AT_ONCE}`, "--no-color"]
    : ["--no-config", "--timeout", "60000"];
const child = spawn(process.execPath, ["--import", "tsx", mocha, ...only, ...files], {
  stdio: ["ignore", "pipe", "inherit"],
});

let passed = 0;
let failed = 0;
let tail = "";
child.stdout.setEncoding("utf8");
child.stdout.on("data", (text) => {
  process.stdout.write(text);
  tail = (tail + text).slice(-1_000_000);
});
child.on("close", (code) => {
  passed = Number(/^ {2}(\d+) passing/m.exec(tail)?.[1] ?? 0);
  failed = Number(/^ {2}(\d+) failing/m.exec(tail)?.[1] ?? 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = code === 0 && passed === 0 ? 1 : (code ?? 1);
});
