// The site by itself: `node server.ts`. Settings are in README.md.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Agent } from "node:https";
import path from "node:path";
import { HonninApi } from "./honnin-api.ts";
import { type Member, Members } from "./members.ts";
import { createSite } from "./site.ts";

const example = path.dirname(import.meta.dirname);
const env = process.env;

function needed(name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set (README.md)`);
  return value;
}

const key = needed("HONNIN_KEY");
const agent = new Agent({ ca: readFileSync(needed("HONNIN_CERT")), keepAlive: true });
const table = readFileSync(env["SITE_MEMBERS"] ?? path.join(example, "members.json"), "utf8");
const site = createSite({
  api: new HonninApi(env["HONNIN_URL"] ?? "https://127.0.0.1:8443", () => key, agent),
  members: new Members(JSON.parse(table) as Member[]),
  did: env["SITE_DID"] ?? null,
  front: path.join(example, "front"),
  path: "/",
  https: env["SITE_HTTPS"] === "true",
  framedBy: "'none'",
  hint: null,
  log: (message) => process.stderr.write(`${message}\n`),
});

const server = createServer((request, response) => void site(request, response));
// On this machine only: a web server that speaks TLS stands in front of it.
server.listen(Number(env["SITE_PORT"] ?? 8080), "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`http://localhost:${String(port)}/\n`);
});
