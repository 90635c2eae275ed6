import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Problem, problemBody } from "./problem.js";

/** What can be taken apart at its first `?`, by anybody, without a parser that has an opinion on it. */
const PLAIN = /^\/[^\s#\u00a0\ufeff]*$/;

/**
 * What a request asks for as path and query (RFC 9112 section 3.2.1): the absolute form `https://host/path`, which a
 * server has to take (section 3.2.2), without its front. A request line is whatever somebody writes, `//` and
 * `http://[` among it, and parsers of URLs throw at those; so it is looked at before any of them.
 *
 * @returns null when it is no target that a client would ask for.
 */
export function originForm(target = "/"): string | null {
  if (PLAIN.test(target)) return target;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return null;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** Hands on only what {@link originForm} understands; the rest is 400, before Express sees it. */
export function plainTargetsOnly(listener: RequestListener): RequestListener {
  return (request: IncomingMessage, response: ServerResponse & { req: IncomingMessage }) => {
    const target = originForm(request.url);
    if (target !== null) {
      request.url = target;
      listener(request, response);
      return;
    }
    const problem = new Problem("invalid_request", "the request line asks for no path");
    response.writeHead(problem.status, { "Content-Type": "application/problem+json", Connection: "close" });
    response.end(problemBody(problem));
  };
}
