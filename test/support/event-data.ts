import { REGISTERED } from "../../src/http/openapi/examples.js";

/** `data` of an event of a verification, as the API would have it. */
export function verificationData(
  metadata: Readonly<Record<string, string>> = {},
): Readonly<Record<string, unknown>> {
  return {
    ...REGISTERED,
    id: "v1",
    expires_at: "2027-01-15T08:05:00.000Z",
    created_at: "2027-01-15T08:00:00.000Z",
    metadata,
  };
}
