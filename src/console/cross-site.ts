import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import { Refusal } from "./refusal.js";

const SAFE = ["GET", "HEAD", "OPTIONS"];

/**
 * Refuses what another site has a browser send here. Browsers say where a request comes from (`Sec-Fetch-Site`, of
 * all that speak TLS since 2023); of one that does not, Origin has to be our own. Neither is there where a program
 * asks, which carries no cookie against its owner's will.
 */
export function refuseCrossSite(): RequestHandler {
  return (request, _response, next) => {
    if (!SAFE.includes(request.method) && !isSameOrigin(request)) {
      throw new Refusal("cross_site", "another site has sent this request");
    }
    next();
  };
}

/** For WebSockets too: theirs is a GET, and no browser keeps one site from opening it at another. */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
