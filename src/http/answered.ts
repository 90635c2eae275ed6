import type { Request, RequestHandler, Response } from "express";

/** A request that was answered, or whose client has gone: without anything of what was asked. */
export interface Answered {
  readonly method: string;
  /** As it is written in the code: `/v1/verifications/:id`. Null: no route was found, or none was looked for. */
  readonly route: string | null;
  /** Null: the client did not wait for it. */
  readonly status: number | null;
  /** The stable code of a refusal. */
  readonly refusal: string | null;
  /** Since the request's head was read, milliseconds. */
  readonly ms: number;
}

export type OnAnswered = (answered: Answered) => void;

const refusals = new WeakMap<Response, string>();

/** Notes by which code a request was refused, for whoever counts. */
export function noteRefusal(response: Response, code: string): void {
  refusals.set(response, code);
}

/** Tells of each request once it is over. Comes before all that may answer one. */
export function tellAnswered(onAnswered: OnAnswered): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    response.once("close", () => {
      onAnswered({
        method: request.method,
        route: routeOf(request),
        status: response.writableFinished ? response.statusCode : null,
        refusal: refusals.get(response) ?? null,
        ms: performance.now() - begun,
      });
    });
    next();
  };
}

/** Routers under a path of their own forget it once they have passed an error on, so it is read in the request. */
const MOUNTED = ["/v1", "/api", "/sms/reports"];

function routeOf(request: Request): string | null {
  const route: unknown = request.route;
  if (typeof route !== "object" || route === null || !("path" in route) || typeof route.path !== "string") {
    return null;
  }
  const asked = request.originalUrl.toLowerCase();
  const mounted = MOUNTED.find((path) => asked.startsWith(`${path}/`)) ?? "";
  return mounted + route.path;
}
