import type { ErrorRequestHandler, Response } from "express";
import { errorText, type Logger } from "../log.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { noteRefusal } from "./answered.js";
import { type ProblemCode, PROBLEMS } from "./problem-codes.js";

/** One wrong field, RFC 9457 section 3 extension member `errors`. */
export interface FieldError {
  /** Name of the field, as sent: `phone_number`, `metadata.order`. */
  readonly field: string;
  readonly detail: string;
}

/** What cannot be done now: the database is away, the disk is full, the service stops. */
const COME_AGAIN_S = 5;

/** A refusal, thrown anywhere in a route and answered as RFC 9457 `application/problem+json`. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  /** Seconds, for `Retry-After`. */
  readonly retryAfterS: number | undefined;

  constructor(code: ProblemCode, detail: string, errors: readonly FieldError[] = [], retryAfterS?: number) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.errors = errors;
    this.retryAfterS = retryAfterS ?? (this.status === 503 ? COME_AGAIN_S : undefined);
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }
}

/** A refusal whose reason the log has told once, when it began: each request says nothing of it there. */
export class ToldProblem extends Problem {}

/** No registration is taken any more, or for now: the service stops, or is drained. */
export function stopping(): Problem {
  return new ToldProblem("service_unavailable", "the service is stopping");
}

/** The refusal that names what is wrong in a request. */
export function wrongFields(errors: readonly FieldError[]): Problem {
  return new Problem("invalid_request", "one or more fields are wrong", errors);
}

/** {@link wrongFields} where it is one. */
export function wrongField(field: string, detail: string): Problem {
  return wrongFields([{ field, detail }]);
}

function send(response: Response, problem: Problem): void {
  noteRefusal(response, problem.code);
  if (problem.code === "unauthorized") response.setHeader("WWW-Authenticate", 'Bearer realm="honnin"');
  if (problem.retryAfterS !== undefined) response.setHeader("Retry-After", String(problem.retryAfterS));
  // Whoever guesses on needs a new connection, and with it a new handshake.
  if (problem.code === "too_many_wrong_keys") response.setHeader("Connection", "close");
  response.status(problem.status).type("application/problem+json").send(problemBody(problem));
}

/** RFC 9457 as text. */
export function problemBody(problem: Problem): string {
  return JSON.stringify({
    type: "about:blank",
    title: PROBLEMS[problem.code][1],
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  });
}

/** The one place where errors become answers. What we did not foresee is logged, and told as nothing. */
export function problemResponder(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = asProblem(error);
    if (problem.status >= 500 && !(problem instanceof ToldProblem)) {
      log.error("request failed", { code: problem.code, error: errorText(error) });
    }
    send(response, problem);
  };
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreUnavailableError) {
    return new Problem("service_unavailable", "nothing can be stored now");
  }
  // body-parser's errors carry a stable `type`.
  const type = typeof error === "object" && error !== null && "type" in error ? error.type : undefined;
  switch (type) {
    case "entity.too.large":
      return new Problem("body_too_large", "at most 16 KiB are read");
    case "encoding.unsupported":
      return new Problem("unsupported_media_type", "send UTF-8, uncompressed");
    case "request.aborted":
    case "request.size.invalid":
      return new Problem("malformed_body", "the body is incomplete or malformed");
    default:
      // Express throws URIError for a path that is no valid percent-encoding.
      if (error instanceof URIError) return new Problem("invalid_request", "the path is not valid");
      return new Problem("internal_error", "the error was logged");
  }
}
