#!/usr/bin/env node
import { existsSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { cacheDir } from "./cache-dir.mjs";

// What V8 makes of the bundle is kept, which halves what a start costs. Not in /tmp, where somebody else could lay
// his own code for us to run; without a home of one's own, not at all.
const hasHome = (process.env.XDG_CACHE_HOME ?? process.env.HOME) !== undefined;
if (hasHome && path.isAbsolute(cacheDir())) module.enableCompileCache?.(path.join(cacheDir(), "compiled"));

const program = new URL("../dist/honnin.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error("honnin is not set up yet: run `npm run setup` in its folder first.");
  console.error("まだ準備ができていません。先に npm run setup を実行してください。");
  process.exitCode = 4;
}
