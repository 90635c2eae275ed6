import type { IncomingHttpHeaders } from "node:http";
import { document, schemaBreach } from "./document-schemas.js";

interface Answered {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Answers to what is no operation at all: off the paths, or by another method. */
const UNDESCRIBED = [404, 405];

/**
 * Holds an answer against the OpenAPI document. Every client of the tests passes through here, so
 * that each response of the whole suite is checked.
 *
 * @returns what is wrong, or null.
 */
export function contractBreach({ path, method, status, headers, text }: Answered): string | null {
  const bare = path.split("?")[0] ?? "";
  if (!bare.startsWith("/v1/")) return null;
  const what = `${method} ${bare} → ${status}`;
  const template = Object.keys(document.paths)
    .sort((a, b) => (a.includes("{") ? 1 : 0) - (b.includes("{") ? 1 : 0))
    .find((candidate) => new RegExp(`^${candidate.replace("{id}", "[^/]+")}$`).test(bare));
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  if (operation === undefined) {
    return UNDESCRIBED.includes(status) || status === 401 ? null : `${what}: no such operation is described`;
  }
  const described = operation.responses[String(status)];
  if (described === undefined) return `${what}: this status is not described`;
  for (const name of Object.keys(described.headers ?? {})) {
    const value = headers[name.toLowerCase()];
    const header = document.components.headers[name];
    if (header === undefined) return `${what}: the header ${name} is not described`;
    if (value === undefined) {
      if (!header.required) continue;
      return `${what}: the header ${name} is described and was not sent`;
    }
    const breach = schemaBreach(header.schema, value);
    if (breach !== null) return `${what}: header ${name}: ${breach}`;
  }
  // 204: described without content, answered without.
  if (described.content === undefined) return text === "" ? null : `${what}: no body is described`;
  const type = (headers["content-type"] ?? "").split(";")[0] ?? "";
  const schema = described.content[type]?.schema;
  if (schema === undefined) return `${what}: ${type} is not described`;
  const breach = schemaBreach(schema, JSON.parse(text));
  return breach === null ? null : `${what}: ${breach}`;
}

/** Holds a message of the WebSocket against the document. */
export function messageBreach(message: unknown): string | null {
  return schemaBreach({ $ref: "#/components/schemas/EventMessage" }, message);
}

/** Holds a webhook against the document: its headers, and the body that its type has. */
export function webhookBreach(headers: IncomingHttpHeaders, text: string): string | null {
  const body = JSON.parse(text) as { readonly type: string };
  const described = document.webhooks[body.type]?.post;
  if (described === undefined) return `the webhook ${body.type} is not described`;
  for (const { name, schema } of described.parameters) {
    const breach = schemaBreach(schema, headers[name]);
    if (breach !== null) return `${body.type}: header ${name}: ${breach}`;
  }
  const breach = schemaBreach(described.requestBody.content["application/json"].schema, body);
  return breach === null ? null : `${body.type}: ${breach}`;
}
