import { type RequestHandler, Router } from "express";
import type { ReportAnswer, ReportDoor } from "../../sms/http/report-door.js";
import { Problem } from "../problem.js";
import { readBody } from "../read-body.js";

/** Gateways send up to a hundred reports at once, of half a kilobyte each. */
const BODY_LIMIT = "256kb";

interface Path {
  readonly gateway: string;
  readonly token: string;
}

/**
 * `POST /sms/reports/{gateway}/{token}`: what became of messages, from gateways by HTTP. No API key: the path has a secret
 * of each gateway, and nothing is read before it is right. 204 when the report is kept; whoever gets another answer may
 * send it again.
 */
export function smsReports(door: ReportDoor): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const path = "/:gateway/:token";
  router.post(path, onlyOpen(door));
  router.post(path, readBody(BODY_LIMIT));
  router.post(path, takeReport(door));
  return router;
}

function onlyOpen(door: ReportDoor): RequestHandler<Path & Record<string, string>> {
  return ({ params }, _response, next) => {
    if (!door.isOpenTo(params.gateway, params.token)) throw new Problem("not_found", "no such path");
    next();
  };
}

function takeReport(door: ReportDoor): RequestHandler<Path & Record<string, string>> {
  return async (request, response) => {
    const body: unknown = request.body;
    const answer = await door.take({
      gateway: request.params.gateway,
      body,
      header: (name) => request.get(name),
    });
    const problem = problemOf(answer);
    if (problem !== null) throw problem;
    response.status(204).end();
  };
}

function problemOf(answer: ReportAnswer): Problem | null {
  switch (answer) {
    case "taken":
      return null;
    case "unsigned":
      return new Problem("unauthorized", "the signature is not the gateway's");
    case "unreadable":
      return new Problem("malformed_body", "no message is named where its id was expected");
    case "failed":
      return new Problem("service_unavailable", "it could not be kept: send it again");
  }
}
