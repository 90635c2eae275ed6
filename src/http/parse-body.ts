import type { Request } from "express";
import type { z } from "zod";
import { type FieldError, Problem, wrongFields } from "./problem.js";

/**
 * Validates the body, JSON or form, by a schema.
 *
 * @throws {Problem} `invalid_request` naming each wrong field; values are not repeated, they may be codes.
 */
export function parseBody<S extends z.ZodType>(schema: S, request: Request): z.output<S> {
  // No content: an empty object, so that the answer names the fields that are missing.
  const empty =
    (request.get("content-length") ?? "0") === "0" && request.get("transfer-encoding") === undefined;
  const body: unknown = request.body ?? (empty ? {} : undefined);
  if (body === undefined) {
    throw new Problem("unsupported_media_type", "send application/json or application/x-www-form-urlencoded");
  }
  return parseFields(schema, body);
}

/** Validates fields by a schema, as {@link parseBody} does; for a query. */
export function parseFields<S extends z.ZodType>(schema: S, fields: unknown): z.output<S> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw wrongFields(parsed.error.issues.flatMap(fieldErrors));
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: [...path, key].join("."), detail: "unknown field" }));
  }
  return [{ field: path.join(".") || "(body)", detail: issue.message }];
}
