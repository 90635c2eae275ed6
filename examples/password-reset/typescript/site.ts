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
/**
 * What the page asks for takes so long at least, whether or not there is such a member: the time tells nobody. Counted
 * from when it is a request's turn and its body is there, or a slow sender could wait it out.
 */
const LOOK_MS = 100;
const CHANGE_MS = 400;

interface Answer {
  readonly status: number;
  readonly body: object;
  /** What becomes of the visit's token: gives the value of Set-Cookie. */
  readonly token?: (visit: Visit) => string;
}

type Route = (visit: Visit, input: Input) => Promise<Answer>;

/** The site as one function of a request, so that any Node server can mount it. */
export function createSite(
  parts: SiteParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { api, members, log } = parts;
  const visits = new Visits(parts.path, parts.https);
  const renewed = (visit: Visit): string => visits.renew(visit);
  const forgotten = (visit: Visit): string => visits.forget(visit);
  const policy = [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
    `base-uri 'none'; form-action 'self'; frame-ancestors ${parts.framedBy}`,
    "require-trusted-types-for 'script'",
  ].join("; ");

  const routes: Readonly<Record<string, Route>> = {
    "GET /api/state": async (visit) => {
      const { flow } = visit;
      const standing = (await flow?.look(api)) ?? null;
      const logsIn = standing?.state === "verified" && settle(visit, flow, members);
      const body = view(parts, visit, flow, standing);
      return { status: 200, body, ...(logsIn ? { token: renewed } : {}) };
    },
    "POST /api/start": async (visit, input) => {
      const flow = newFlow(parts, visit, input);
      if (flow === null) return { status: 403, body: { error: "log_in_first" } };
      await visit.flow?.cancel(api);
      await flow.begin(api, log);
      visit.flow = flow;
      return { status: 201, body: {}, token: renewed };
    },
    "POST /api/cancel": async (visit) => {
      await visit.flow?.cancel(api);
      visit.flow = null;
      return { status: 200, body: {} };
    },
    "POST /api/log-out": async (visit) => {
      await visit.flow?.cancel(api);
      // For requests that still wait for their turn.
      visit.flow = null;
      visit.member = null;
      return { status: 200, body: {}, token: forgotten };
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
      else if (route === undefined) answer(response, { status: 404, body: { error: "not_found" } });
      else if (request.method === "POST" && !fromOwnPage(request))
        answer(response, { status: 403, body: { error: "foreign" } });
      else {
        const input = request.method === "POST" ? await bodyOf(request) : {};
        const visit = visits.of(request);
        const least = request.method === "POST" ? CHANGE_MS : LOOK_MS;
        const given = await visit.inTurn(async () => {
          const ready = await noSooner(least, route(visit, input));
          const cookie = ready.token?.(visit);
          if (cookie !== undefined) response.setHeader("Set-Cookie", cookie);
          return ready;
        });
        answer(response, given);
      }
    } catch (error) {
      if (error instanceof InputError)
        answer(response, { status: 400, body: { error: "invalid", field: error.field } });
      else {
        log(`failed: ${error instanceof Error ? error.name : "unknown"}`);
        answer(response, { status: 503, body: { error: "unavailable" } });
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
  // Whoever logs in by calling need not write their number: it is the one they call from.
  const member = kind === "login" || found?.number === numberOf(input) ? found : null;
  return new Flow({ kind, member, transfer: null, language, did });
}

/** What a verified flow was for, done once. @returns whether somebody is logged in by it. */
function settle(visit: Visit, flow: Flow | null, members: Members): boolean {
  if (flow === null || flow !== visit.flow || flow.member === null || flow.outcome !== null) return false;
  // A real site carries the transfer out here: once, and the one that is kept with the flow.
  flow.outcome = flow.kind.startsWith("reset") ? { password: members.issuePassword(flow.member.user) } : {};
  if (flow.kind === "transfer") return false;
  visit.member = flow.member;
  return true;
}

function view({ did, hint }: SiteParts, visit: Visit, flow: Flow | null, standing: Standing | null): object {
  return {
    inbound: did !== null,
    hint,
    member: visit.member?.name ?? null,
    flow:
      flow === null || flow !== visit.flow || standing === null
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

async function noSooner<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const least = pause(ms);
  try {
    return await work;
  } finally {
    await least;
  }
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.end(JSON.stringify(body));
}
