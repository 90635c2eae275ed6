import { createRequire } from "node:module";
import path from "node:path";
import express, { type RequestHandler, type Router } from "express";
import { PROJECT_DIR } from "../project-dir.js";
import { staticFile } from "./static-file.js";

const PAGE = path.join(PROJECT_DIR, "web/docs");
const SWAGGER_UI = path.dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

/** Everything from this server, no inline script, no eval; `data:` for the icons in Swagger UI's own style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(";");

/**
 * `GET /docs`: the page to read and try the API, and what it is made of. These files and no others; see
 * docs/decisions/0008-api-documentation.md.
 */
export function docsPage(): Router {
  const router = express.Router();
  router.get("/docs", file(PAGE, "index.html"));
  router.get("/docs/page.js", file(PAGE, "page.js"));
  router.get("/docs/swagger-ui.css", file(SWAGGER_UI, "swagger-ui.css"));
  router.get("/docs/swagger-ui-bundle.js", file(SWAGGER_UI, "swagger-ui-bundle.js"));
  return router;
}

function file(root: string, name: string): RequestHandler {
  return staticFile(root, name, {
    "Content-Security-Policy": POLICY,
    // Nothing personal: may be kept, and is asked for anew after an update.
    "Cache-Control": "no-cache",
  });
}
