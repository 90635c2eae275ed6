import { readdirSync } from "node:fs";
import path from "node:path";
import express, { type RequestHandler, type Router } from "express";
import { staticFile } from "../http/static-file.js";
import { PROJECT_DIR } from "../project-dir.js";

/** As Vite builds them (`scripts/build-web.mjs`): `index.html`, and under `assets` what has its hash in its name. */
const BUILT = path.join(PROJECT_DIR, "dist/web");
const YEAR_S = 365 * 86_400;

/** The pages. Every path that is nothing else is one of them: the program in the browser knows which. */
export function pages(): Router {
  return builtPages("console", /^\/(?!api\/|assets\/)[a-z0-9-]*(\/[A-Za-z0-9._-]+)*\/?$/);
}

/** The telephone in the browser, below its own path. */
export function phonePages(): Router {
  return builtPages("phone", /^\/$/);
}

function builtPages(folder: string, paths: RegExp): Router {
  const built = path.join(BUILT, folder);
  const router = express.Router();
  for (const name of assets(built)) {
    // A file of another content has another name.
    router.get(
      `/assets/${name}`,
      file(path.join(built, "assets"), name, `public, max-age=${YEAR_S}, immutable`),
    );
  }
  router.get(paths, file(built, "index.html", "no-cache"));
  return router;
}

function assets(built: string): string[] {
  try {
    return readdirSync(path.join(built, "assets"));
  } catch {
    // Not built: the API is there all the same, and each page says 404.
    return [];
  }
}

function file(root: string, name: string, cacheControl: string): RequestHandler {
  return staticFile(root, name, { "Cache-Control": cacheControl });
}
