#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/cli/program.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error("honnin is not set up yet: run `npm run setup` in its folder first.");
  console.error("まだ準備ができていません。先に npm run setup を実行してください。");
  process.exitCode = 4;
}
