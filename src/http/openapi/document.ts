import { z } from "zod";
import { type ProblemCode, PROBLEMS } from "../problem.js";
import { listQuery, registerBody, resultBody, usageQuery } from "../schemas.js";
import { listResponse, problemResponse, statementResponse, verificationResponse } from "./responses.js";

type Json = Record<string, unknown>;

interface Operation {
  readonly path: string;
  readonly method: "get" | "post";
  readonly id: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  readonly answers: Readonly<Record<number, readonly [description: string, schema: z.ZodType]>>;
  readonly problems: readonly ProblemCode[];
}

const IDEMPOTENCY_KEY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "the same key with the same body gets the first answer again, for 24 hours",
  schema: { type: "string", maxLength: 255 },
};
const EVERYWHERE: readonly ProblemCode[] = [
  ...(["unauthorized", "address_not_allowed", "internal_error", "service_unavailable"] as const),
];
const BODY: readonly ProblemCode[] = [
  ...(["invalid_request", "malformed_body", "body_too_large", "unsupported_media_type"] as const),
];

const OPERATIONS: readonly Operation[] = [
  {
    path: "/v1/verifications",
    method: "post",
    id: "registerVerification",
    summary: "Register a verification (認証データ登録API)",
    body: registerBody,
    answers: {
      200: ["This id was registered before with the same content", verificationResponse],
      201: ["Stored durably; the call follows", verificationResponse],
    },
    problems: [
      ...BODY,
      ...(["id_conflict", "request_in_progress", "idempotency_key_reused"] as const),
      ...(["number_not_allowed", "channel_not_available", "not_permitted"] as const),
      ...(["too_many_registrations", "too_many_calls_to_number"] as const),
    ],
  },
  {
    path: "/v1/verifications",
    method: "get",
    id: "listVerifications",
    summary: "List verifications, newest first",
    query: listQuery,
    answers: { 200: ["A page", listResponse] },
    problems: ["invalid_request"],
  },
  {
    path: "/v1/verifications/result",
    method: "post",
    id: "verificationResult",
    summary: "Ask for a result (認証結果取得API)",
    body: resultBody,
    answers: { 200: ["The verification", verificationResponse] },
    problems: [...BODY, "verification_not_found"],
  },
  {
    path: "/v1/verifications/{id}",
    method: "get",
    id: "getVerification",
    summary: "The same, REST style",
    answers: { 200: ["The verification", verificationResponse] },
    problems: ["invalid_request", "verification_not_found"],
  },
  {
    path: "/v1/verifications/{id}/cancel",
    method: "post",
    id: "cancelVerification",
    summary: "Cancel; a call in progress is hung up",
    answers: { 200: ["The canceled verification", verificationResponse] },
    problems: ["invalid_request", "malformed_body", "verification_not_found", "verification_ended"],
  },
  {
    path: "/v1/events",
    method: "get",
    id: "events",
    summary:
      "Live events of this client, over a WebSocket; resumed after the event in Last-Event-ID or ?after=",
    answers: {},
    problems: ["upgrade_required", "event_not_found", "too_many_streams"],
  },
  {
    path: "/v1/usage",
    method: "get",
    id: "usage",
    summary: "Counts and charges of a month in Japan's time",
    query: usageQuery,
    answers: { 200: ["The statement", statementResponse] },
    problems: ["invalid_request"],
  },
];

/**
 * OpenAPI 3.1 of the whole API, made from the schemas that validate requests, so that the two
 * cannot differ. Answers are held against it by the tests.
 */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Honnin",
      version,
      summary: "Telephone authentication",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "this server" }],
    security: [{ apiKey: [] }],
    tags: [{ name: "verifications" }, { name: "events" }, { name: "usage" }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "an API key" } },
      schemas: {
        Verification: jsonSchema(verificationResponse),
        VerificationList: jsonSchema(listResponse),
        UsageStatement: jsonSchema(statementResponse),
        Problem: jsonSchema(problemResponse),
        RegisterRequest: jsonSchema(registerBody, "input"),
        ResultRequest: jsonSchema(resultBody, "input"),
      },
    },
  };
}

function describe(operation: Operation): Json {
  const parameters = [
    ...(operation.path.includes("{id}") ? [pathId()] : []),
    ...(operation.query === undefined ? [] : queryParameters(operation.query)),
    ...(operation.id === "registerVerification" ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [tagOf(operation.path)],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body === undefined ? {} : { requestBody: requestBody(operation.body) }),
    responses: {
      ...(operation.id === "events" ? { 101: { description: "The WebSocket is open" } } : {}),
      ...answers(operation),
      ...problems([...operation.problems, ...EVERYWHERE]),
    },
  };
}

function tagOf(path: string): string {
  const [, , resource = ""] = path.split("/");
  return resource;
}

function answers(operation: Operation): Json {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, [description, schema]]) => [
      status,
      { description, content: { "application/json": { schema: reference(schema) } } },
    ]),
  );
}

/** Refusals by status; the codes that each status may carry stand in its description. */
function problems(codes: readonly ProblemCode[]): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const [status, title] = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, titles]) => [
      String(status),
      {
        description: titles.join("; "),
        content: { "application/problem+json": { schema: reference(problemResponse) } },
      },
    ]),
  );
}

function requestBody(schema: z.ZodType): Json {
  const content = { schema: reference(schema) };
  return {
    required: true,
    content: { "application/json": content, "application/x-www-form-urlencoded": content },
  };
}

function pathId(): Json {
  return { name: "id", in: "path", required: true, schema: { type: "string", maxLength: 64 } };
}

function queryParameters(schema: z.ZodType): Json[] {
  const { properties = {} } = jsonSchema(schema, "input") as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, of]) => ({ name, in: "query", required: false, schema: of }));
}

const NAMES = new Map<z.ZodType, string>([
  [verificationResponse, "Verification"],
  [listResponse, "VerificationList"],
  [statementResponse, "UsageStatement"],
  [problemResponse, "Problem"],
  [registerBody, "RegisterRequest"],
  [resultBody, "ResultRequest"],
]);

function reference(schema: z.ZodType): Json {
  return { $ref: `#/components/schemas/${NAMES.get(schema) ?? ""}` };
}

/** Each schema stands alone: what is used twice is written out twice. */
function jsonSchema(schema: z.ZodType, io: "input" | "output" = "output"): Json {
  const made = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    reused: "inline",
    unrepresentable: "any",
  }) as Json;
  // OpenAPI 3.1 states the dialect once, for all of them.
  return Object.fromEntries(Object.entries(made).filter(([name]) => name !== "$schema"));
}
