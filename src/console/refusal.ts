import type { ErrorRequestHandler } from "express";
import { TooManyPasswordsError } from "../admins/password.js";
import { noteRefusal } from "../http/answered.js";
import { Problem } from "../http/problem.js";
import { errorText, type Logger } from "../log.js";
import type { PromptRefusalCode } from "../prompts/prompt-refusal.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { REFUSALS, type RefusalBody, type RefusalCode } from "./contract/refusal.js";

/** A refusal, thrown anywhere in a route of the console and answered as {@link RefusalBody}. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly seconds: number | undefined;
  readonly prompt: PromptRefusalCode | undefined;

  /** @param prompt why, where it is `prompt_refused`. */
  constructor(code: RefusalCode, detail: string, seconds?: number, prompt?: PromptRefusalCode) {
    super(detail);
    this.name = "Refusal";
    this.code = code;
    this.seconds = seconds;
    this.prompt = prompt;
  }

  get status(): number {
    return REFUSALS[this.code];
  }
}

/** Answers what a route threw; what nobody foresaw is logged, and not told. */
export function refusalResponder(log: Logger): ErrorRequestHandler {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const [status, body] = refusalOf(error);
    noteRefusal(response, body.code);
    if (status === 500) log.error("console request failed", { path: request.path, error: errorText(error) });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (status === 429) response.setHeader("Retry-After", String(body.seconds ?? 1));
    response.status(status).json(body);
  };
}

function refusalOf(error: unknown): readonly [status: number, body: RefusalBody] {
  if (error instanceof Refusal) {
    const { status, code, message: detail, seconds, prompt } = error;
    const more = {
      ...(seconds === undefined ? {} : { seconds }),
      ...(prompt === undefined ? {} : { prompt }),
    };
    return [status, { code, detail, ...more }];
  }
  if (error instanceof Problem) {
    const { status, message: detail, errors, retryAfterS: seconds } = error;
    return [
      status,
      {
        ...{ code: codeOf(error.code), detail },
        ...(errors.length > 0 ? { errors: [...errors] } : {}),
        ...(seconds === undefined ? {} : { seconds }),
      },
    ];
  }
  if (error instanceof StoreUnavailableError || error instanceof TooManyPasswordsError) {
    return [503, { code: "busy", detail: error.message }];
  }
  // What Express itself refuses: a path that cannot be decoded, a body that is too long.
  const status = statusOf(error);
  if (status === 413) return [413, { code: "body_too_large", detail: "the body is too large" }];
  if (status !== null && status < 500)
    return [400, { code: "invalid_request", detail: "the request cannot be read" }];
  return [500, { code: "internal_error", detail: "the error was logged" }];
}

function codeOf(code: string): RefusalCode {
  return code in REFUSALS ? (code as RefusalCode) : "invalid_request";
}

function statusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("status" in error)) return null;
  return typeof error.status === "number" ? error.status : null;
}
