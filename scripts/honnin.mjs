#!/usr/bin/env node
import { existsSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import path from "node:path";

// What V8 makes of 300 files is kept, which halves what a start costs. Not in /tmp, where somebody else could lay
// his own code for us to run; without a home of one's own, not at all.
const home =
  process.env.XDG_CACHE_HOME ?? (process.env.HOME === undefined ? "" : path.join(homedir(), ".cache"));
if (path.isAbsolute(home)) module.enableCompileCache?.(path.join(home, "honnin", "compiled"));

const program = new URL("../dist/honnin.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error("honnin is not set up yet: run `npm run setup` in its folder first.");
  console.error("まだ準備ができていません。先に npm run setup を実行してください。");
  process.exitCode = 4;
}
