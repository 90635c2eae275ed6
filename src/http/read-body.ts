import express, { type Request, type RequestHandler } from "express";
import { parseForm } from "./form.js";
import { Problem } from "./problem.js";

/** Far above any real request; far below what a flood could use to fill the memory. */
const BODY_LIMIT = "16kb";
const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

/** A byte order mark is taken off; what is no UTF-8 throws. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a body, JSON or form, into `request.body`; one of another type is left unread. Express's own parsers put
 * U+FFFD in the place of every byte that is no UTF-8 and go on: a body in Shift_JIS was accepted, and its text lost
 * for good. Here it is refused.
 */
export function readBody(limit = BODY_LIMIT): RequestHandler[] {
  return [
    express.raw({ limit, inflate: false, type: [JSON_TYPE, FORM_TYPE] }),
    (request: Request, _response, next) => {
      const body: unknown = request.body;
      if (Buffer.isBuffer(body)) request.body = parse(request, body);
      next();
    },
  ];
}

/** @throws {Problem} `unsupported_media_type`, `malformed_body`, `body_too_large`. */
function parse(request: Request, bytes: Buffer): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(request.get("content-type") ?? "")?.[1];
  if (charset !== undefined && charset.toLowerCase() !== "utf-8") {
    throw new Problem("unsupported_media_type", "send UTF-8, uncompressed");
  }
  const text = decode(bytes);
  if (request.is(FORM_TYPE) !== false) return parseForm(text);
  return text === "" ? {} : parseJson(text);
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem("malformed_body", "the body is not UTF-8");
  }
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem("malformed_body", "the body is not valid JSON");
  }
  if (typeof value !== "object" || value === null) {
    throw new Problem("malformed_body", "the body is no JSON object");
  }
  return value;
}
