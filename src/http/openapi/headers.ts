import type { HeaderName, Json } from "./operation.js";

/** Header objects of OpenAPI by the header's name. */
export const HEADERS: Readonly<Record<HeaderName, Json>> = {
  Location: {
    description: "Path of what was made",
    required: true,
    schema: { type: "string" },
    example: "/v1/verifications/reissue-1",
  },
  "Retry-After": {
    description: "Seconds to wait before the next try (RFC 9110, 10.2.3)",
    required: true,
    schema: { type: "string", pattern: "^\\d+$" },
    example: "5",
  },
  RateLimit: {
    description: "What is left of the limit, and the seconds until there is more; where the client has one",
    required: false,
    schema: { type: "string" },
    example: '"registrations";r=4;t=12',
  },
  "RateLimit-Policy": {
    description: "The limit (draft-ietf-httpapi-ratelimit-headers); where the client has one",
    required: false,
    schema: { type: "string" },
    example: '"registrations";q=60;w=60',
  },
  Upgrade: {
    description: "The protocol to change to",
    required: true,
    schema: { type: "string", const: "websocket" },
  },
  "WWW-Authenticate": {
    description: "What to authenticate with (RFC 6750)",
    required: true,
    schema: { type: "string" },
    example: 'Bearer realm="honnin"',
  },
};

/** Refusals by their status: what every one of them has. */
export const HEADERS_OF_REFUSALS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ["WWW-Authenticate"],
  426: ["Upgrade"],
  429: ["Retry-After", "RateLimit", "RateLimit-Policy"],
  503: ["Retry-After"],
};

/** The `headers` member of a response, or nothing. */
export function headerMap(names: readonly HeaderName[]): { headers?: Json } {
  if (names.length === 0) return {};
  return {
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
  };
}
