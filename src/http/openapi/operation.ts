import type { z } from "zod";
import type { ProblemCode } from "../problem-codes.js";

export type Json = Record<string, unknown>;

/** Response headers that answers of the API have; described in `headers.ts`. */
export type HeaderName =
  "Location" | "RateLimit" | "RateLimit-Policy" | "Retry-After" | "Upgrade" | "WWW-Authenticate";

interface AnswerExtras {
  /** Headers that this answer always has. */
  readonly headers?: readonly HeaderName[];
  readonly example?: unknown;
}

/** `[what it says, its body (named by `.meta({ id })`; without one: no body), more about it]`. */
type DescribedAnswer = readonly [description: string, schema?: z.ZodType, extras?: AnswerExtras];

/** One operation of the API, as it is described to its users. */
export interface Operation {
  readonly path: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** `operationId`. */
  readonly id: string;
  /** English / 日本語. */
  readonly summary: string;
  /** CommonMark; more than the summary says, if there is more. */
  readonly description?: string;
  /** Named by `.meta({ id })`. */
  readonly body?: z.ZodType;
  readonly bodyExamples?: Readonly<Record<string, { readonly summary: string; readonly value: Json }>>;
  readonly query?: z.ZodType;
  /** OpenAPI parameter objects beside the path's and the query's. */
  readonly parameters?: readonly Json[];
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Refusals, beside those that every operation may answer. */
  readonly problems: readonly ProblemCode[];
}

/** What any operation that reads a body may refuse. */
export const BODY_PROBLEMS: readonly ProblemCode[] = [
  "invalid_request",
  "malformed_body",
  "body_too_large",
  "unsupported_media_type",
];
