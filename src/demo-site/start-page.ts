import path from "node:path";
import express, { type RequestHandler, type Router } from "express";
import { PROJECT_DIR } from "../project-dir.js";

const PAGE = path.join(PROJECT_DIR, "web/start");

/** As the console's, and frames of this server. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; frame-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
].join("; ");

/** `GET /start`: the demonstration site and a telephone side by side. */
export function startPage(): Router {
  const router = express.Router();
  router.get("/start", file("index.html"));
  router.get("/start/page.js", file("page.js"));
  router.get("/start/style.css", file("style.css"));
  return router;
}

function file(name: string): RequestHandler {
  return (_request, response, next) => {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("Cache-Control", "no-cache");
    response.sendFile(name, { root: PAGE, cacheControl: false }, (error?: Error) => {
      // One who went away in the middle is no error of ours.
      if (error !== undefined && !response.headersSent) next(error);
    });
  };
}
