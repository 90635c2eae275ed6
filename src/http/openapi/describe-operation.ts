import { type ProblemCode, PROBLEMS } from "../problem-codes.js";
import { type Components, propertiesOf } from "./components.js";
import { headerMap, HEADERS_OF_REFUSALS } from "./headers.js";
import type { Json, Operation } from "./operation.js";
import { problemSchema } from "../../representation/problem.js";

/** What any operation may refuse. */
const EVERYWHERE: readonly ProblemCode[] = [
  ...([
    "unauthorized",
    "address_not_allowed",
    "too_many_wrong_keys",
    "internal_error",
    "service_unavailable",
  ] as const),
];

const IDEMPOTENCY_KEY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "the same key with the same body gets the first answer again, for 24 hours / 同じキーの再送には 24 時間、最初の応答を返します",
  schema: { type: "string", maxLength: 255 },
};

/** An operation as OpenAPI writes it. */
export function describeOperation(operation: Operation, components: Components): Json {
  const parameters = [
    ...pathParameters(operation.path),
    ...queryParameters(operation),
    ...(operation.parameters ?? []),
    ...(operation.problems.includes("idempotency_key_reused") ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [tagOf(operation.path)],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(operation, components),
    responses: {
      ...answers(operation, components),
      ...refusals([...operation.problems, ...EVERYWHERE], components),
    },
  };
}

/** The resource that a path is of: `verifications` of `/v1/verifications/{id}`. */
function tagOf(path: string): string {
  const [, , resource = ""] = path.split("/");
  return resource;
}

function answers({ answers }: Operation, components: Components): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, [description, schema, extras = {}]]) => [
      status,
      {
        description,
        ...headerMap(extras.headers ?? []),
        ...(schema === undefined
          ? {}
          : {
              content: {
                "application/json": {
                  schema: components.refer(schema, "output"),
                  ...(extras.example === undefined ? {} : { example: extras.example }),
                },
              },
            }),
      },
    ]),
  );
}

/** Refusals by status; the codes that each status may carry stand in its description. */
function refusals(codes: readonly ProblemCode[], components: Components): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const [status] = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = components.refer(problemSchema, "output");
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.map((code) => `- \`${code}\`: ${PROBLEMS[code][2]}`).join("\n"),
        ...headerMap(HEADERS_OF_REFUSALS[status] ?? []),
        content: {
          "application/problem+json": {
            schema,
            examples: Object.fromEntries(of.map((code) => [code, { value: problemExample(code) }])),
          },
        },
      },
    ]),
  );
}

function problemExample(code: ProblemCode): Json {
  const [status, title] = PROBLEMS[code];
  return { type: "about:blank", title, status, code, detail: title };
}

function requestBody({ body, bodyExamples }: Operation, components: Components): { requestBody?: Json } {
  if (body === undefined) return {};
  const schema = components.refer(body, "input");
  const examples = bodyExamples === undefined ? {} : { examples: bodyExamples };
  return {
    requestBody: {
      required: true,
      content: {
        "application/json": { schema, ...examples },
        "application/x-www-form-urlencoded": { schema },
      },
    },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", maxLength: 64 },
  }));
}

function queryParameters({ query }: Operation): Json[] {
  if (query === undefined) return [];
  return Object.entries(propertiesOf(query)).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: false,
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}
