/** `data` of an event of a verification, as the API would have it. */
export function verificationData(
  metadata: Readonly<Record<string, string>> = {},
): Readonly<Record<string, unknown>> {
  return {
    id: "v1",
    status: "pending",
    reason: null,
    phone_number: "+819012345678",
    line_type: "mobile",
    direction: "outbound",
    channel: "voice",
    method: "keypad",
    locale: "ja",
    call_to: null,
    enrollment_id: null,
    expires_at: "2027-01-15T08:05:00.000Z",
    created_at: "2027-01-15T08:00:00.000Z",
    completed_at: null,
    code_entries: 0,
    attempts: [],
    metadata,
  };
}
