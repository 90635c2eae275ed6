#!/usr/bin/env node
// Builds the pages for browsers into dist/web/. Their types are checked apart (`npm run check:types`).
import { rmSync, renameSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const PROJECT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Another folder for those who pack it. */
const DIST = path.resolve(PROJECT, process.argv[2] ?? "dist");
/** Each with the path below which the console serves it. */
const PAGES = { console: "/", phone: "/phone/" };

for (const [page, base] of Object.entries(PAGES)) {
  const target = path.join(DIST, "web", page);
  const fresh = `${target}.${process.pid}`;
  await build({
    configFile: false,
    root: path.join(PROJECT, "web", page),
    base,
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: fresh,
      emptyOutDir: true,
      target: "es2023",
      cssTarget: "chrome130",
      // The policy of the console takes neither inline files nor inline scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
}
