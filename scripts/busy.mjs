#!/usr/bin/env node
// Runs a command again and again beside load, as on a machine that has much else to do, and says how often it
// ended well. The load is ended with it, by its process ids.
//
//   node scripts/busy.mjs [--times N] [--loops N] [--disk] [--] [COMMAND…]     default: once, no load, npm test
//   node scripts/busy.mjs --times 5 --loops 2                                   five runs beside two busy loops
//   node scripts/busy.mjs --times 5 --disk                                      five beside a disk written all the time
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

const LOOP = "for (;;);";
// 64 MB again and again, each time until it lies on the disk.
const WRITER = `
  const { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } = require("node:fs");
  const file = openSync(process.argv[1], "w");
  const megabyte = Buffer.alloc(2 ** 20, 7);
  for (;;) {
    for (let n = 0; n < 64; n += 1) writeSync(file, megabyte, 0, megabyte.length, n * megabyte.length);
    fsyncSync(file);
    ftruncateSync(file);
  }`;

const { values, positionals } = parseArgs({
  options: {
    times: { type: "string", default: "1" },
    loops: { type: "string", default: "0" },
    disk: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const [program, ...args] = positionals.length === 0 ? ["npm", "test"] : positionals;
const times = Number(values.times);

const folder = mkdtempSync(path.join(tmpdir(), "honnin-busy-"));
const load = Array.from({ length: Number(values.loops) }, () => ["-e", LOOP]);
if (values.disk) load.push(["-e", WRITER, path.join(folder, "written")]);
const children = load.map((words) => spawn(process.execPath, words, { stdio: "ignore" }));
let command;
process.on("exit", () => {
  command?.kill("SIGTERM");
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

let well = 0;
for (let nth = 1; nth <= times; nth += 1) {
  const since = performance.now();
  command = spawn(program, args, { stdio: "inherit" });
  const [code] = await once(command, "close");
  if (code === 0) well += 1;
  const seconds = Math.round((performance.now() - since) / 1000);
  const busy = loadavg().map((average) => average.toFixed(1));
  console.log(
    `busy: run ${nth} of ${times} ended with ${code} after ${seconds} s; load average ${busy.join(" ")}`,
  );
}
console.log(`busy: ${well} of ${times} ended well`);
process.exit(well === times ? 0 : 1);
