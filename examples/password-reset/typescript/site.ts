import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Flow, type Standing } from "./flow.ts";
import type { HonninApi } from "./honnin-api.ts";
import { flowOf, type Input, InputError, languageOf, numberOf, transferOf, userOf } from "./input.ts";
import type { Members } from "./members.ts";
import { type Visit, Visits } from "./visits.ts";

export interface SiteParts {
  readonly api: HonninApi;
  readonly members: Members;
  /** The number that visitors call; null: the site offers only that they are called. */
  readonly did: string | null;
  /** The folder of index.html, app.js, text.js and style.css. */
  readonly front: string;
  /** Where the site lies, for its cookie. */
  readonly path: string;
  /** Whether browsers come by HTTPS. */
  readonly https: boolean;
  /** `frame-ancestors` of the Content-Security-Policy. */
  readonly framedBy: "'none'" | "'self'";
  /** Shown above the forms, where everybody may try the demonstration. */
  readonly hint: { readonly user: string; readonly number: string } | null;
  /** Messages have no number, no code and no key in them. */
  readonly log: (message: string) => void;
}

const FILES: Readonly<Record<string, [name: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/text.js": ["text.js", "text/javascript; charset=utf-8"],
  "/style.css": ["style.css", "text/css; charset=utf-8"],
};
const LONGEST_BODY = 4_096;
/** A start takes so long whether or not there is such a member: the time tells nobody. */
const START_MS = 400;

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The site as one function of a request, so that any Node server can mount it. */
export function createSite(parts: SiteParts): Route {
  const { api, members, log } = parts;
  const visits = new Visits(parts.path, parts.https);
  const policy = [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
    `base-uri 'none'; form-action 'self'; frame-ancestors ${parts.framedBy}`,
    "require-trusted-types-for 'script'",
  ].join("; ");

  const routes: Readonly<Record<string, Route>> = {
    "GET /api/state": async (request, response) => {
      const visit = visits.of(request);
      const standing = (await visit?.flow?.look(api)) ?? null;
      if (visit !== null && standing?.state === "verified" && settle(visit, members)) {
        response.setHeader("Set-Cookie", visits.renew(request, visit));
      }
      answer(response, 200, view(parts, visit, standing));
    },
    "POST /api/start": async (request, response) => {
      const input = await bodyOf(request);
      const visit = visits.of(request) ?? { member: null, flow: null };
      const flow = newFlow(parts, visit, input);
      if (flow === null) {
        answer(response, 403, { error: "log_in_first" });
        return;
      }
      await visit.flow?.cancel(api);
      await Promise.all([flow.begin(api, log), pause(START_MS)]);
      visit.flow = flow;
      response.setHeader("Set-Cookie", visits.renew(request, visit));
      answer(response, 201, {});
    },
    "POST /api/cancel": async (request, response) => {
      const visit = visits.of(request);
      await visit?.flow?.cancel(api);
      if (visit !== null) visit.flow = null;
      answer(response, 200, {});
    },
    "POST /api/log-out": async (request, response) => {
      await visits.of(request)?.flow?.cancel(api);
      response.setHeader("Set-Cookie", visits.forget(request));
      answer(response, 200, {});
    },
  };

  return async (request, response) => {
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    const at = (request.url ?? "/").replace(/\?.*$/s, "");
    const file = request.method === "GET" ? FILES[at] : undefined;
    const route = routes[`${request.method ?? ""} ${at}`];
    try {
      if (file !== undefined) sendFile(response, parts.front, file);
      else if (route === undefined) answer(response, 404, { error: "not_found" });
      else if (request.method === "POST" && !fromOwnPage(request))
        answer(response, 403, { error: "foreign" });
      else await route(request, response);
    } catch (error) {
      if (error instanceof InputError) answer(response, 400, { error: "invalid", field: error.field });
      else {
        log(`failed: ${error instanceof Error ? error.name : "unknown"}`);
        answer(response, 503, { error: "unavailable" });
      }
    }
  };
}

function newFlow({ members, did }: SiteParts, visit: Visit, input: Input): Flow | null {
  const kind = flowOf(input);
  const language = languageOf(input);
  if (did === null && (kind === "login" || kind === "reset-inbound")) throw new InputError("flow");
  if (kind === "transfer") {
    const transfer = transferOf(input);
    return visit.member === null
      ? null
      : new Flow({ kind, member: visit.member, transfer, language, did: null });
  }
  const found = members.find(userOf(input));
  // Whoever logs in by their number need not write it: it is the one they call from.
  const member = kind === "login" || found?.number === numberOf(input) ? found : null;
  return new Flow({ kind, member, transfer: null, language, did });
}

/** What a verified flow was for, done once. @returns whether somebody is logged in by it. */
function settle(visit: Visit, members: Members): boolean {
  const { flow } = visit;
  const member = flow?.member ?? null;
  if (flow === null || member === null || flow.outcome !== null) return false;
  // A real site carries the transfer out here: once, and the one that is kept with the flow.
  flow.outcome = flow.kind.startsWith("reset") ? { password: members.issuePassword(member.user) } : {};
  if (flow.kind === "transfer") return false;
  visit.member = member;
  return true;
}

function view({ did, hint }: SiteParts, visit: Visit | null, standing: Standing | null): object {
  const flow = visit?.flow ?? null;
  return {
    inbound: did !== null,
    hint,
    member: visit?.member?.name ?? null,
    flow:
      flow === null || standing === null
        ? null
        : {
            kind: flow.kind,
            ...standing,
            code: flow.code,
            call_to: flow.callTo,
            seconds_left: Math.max(0, Math.ceil((flow.expiresAt - Date.now()) / 1000)),
            transfer: flow.transfer,
            password: flow.outcome?.password ?? null,
          },
  };
}

/**
 * No other site can have a browser send this: a page elsewhere may send a form, but JSON only after having asked, which
 * nobody allows here; browsers say where a request comes from; and the cookie is SameSite.
 */
function fromOwnPage({ headers }: IncomingMessage): boolean {
  if (headers["content-type"] !== "application/json") return false;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

async function bodyOf(request: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw new InputError("body");
    chunks.push(chunk);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof body === "object" && body !== null) return body as Input;
  } catch {
    // As below.
  }
  throw new InputError("body");
}

function sendFile(response: ServerResponse, front: string, [name, type]: [string, string]): void {
  response.setHeader("Content-Type", type);
  response.setHeader("Cache-Control", "no-cache");
  response.end(readFileSync(path.join(front, name)));
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.end(JSON.stringify(body));
}
