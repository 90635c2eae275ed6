/**
 * Stable codes of all refusals: status, title, and when it comes and what helps. Clients rely on the code, people read
 * the rest: the last stands in the API's own documentation and in the manual.
 */
export const PROBLEMS = {
  invalid_request: [
    400,
    "The request is not valid",
    "a field is missing, unknown or wrong: `errors` names each one",
  ],
  malformed_body: [400, "The body cannot be read", "no JSON object, no form, or not UTF-8"],
  unauthorized: [401, "A valid API key is needed", "the API key is missing, unknown, revoked or expired"],
  address_not_allowed: [
    403,
    "The API key is not accepted from here",
    "the client's `ip_allow` does not have the address that the request came from",
  ],
  not_permitted: [
    403,
    "This client may not do this",
    "the client's `methods`, `directions` or `channels` do not have this one",
  ],
  not_found: [404, "There is nothing here", "no such path"],
  verification_not_found: [
    404,
    "There is no such verification",
    "no verification of this client has this id",
  ],
  enrollment_not_found: [
    404,
    "There is no such enrollment",
    "no enrollment of this client has this id, or what the `Idempotency-Key` enrolled was deleted",
  ],
  event_not_found: [
    404,
    "There is no such event",
    "no event of this client has this id, or it is no longer kept: connect without it",
  ],
  method_not_allowed: [
    405,
    "This method is not offered here",
    "the header field `Allow` names those that are",
  ],
  verification_ended: [
    409,
    "The verification has ended",
    "its status is final: nothing is left to cancel or to check",
  ],
  verification_not_ended: [
    409,
    "The verification has not ended",
    "its status is not final yet: there is a receipt once it is",
  ],
  check_not_applicable: [
    409,
    "The code of this verification is not checked here",
    "only a verification with `method` `spoken`, or whose code a message tells, is checked",
  ],
  check_too_early: [
    409,
    "The code has not been told yet",
    "no call has read the code to the person, and no message with it has gone; the check is not counted",
  ],
  resend_not_applicable: [
    409,
    "The code of this verification is not sent again by this channel",
    "the code is keyed on the telephone, or the verification was not registered for this `channel`",
  ],
  attempt_in_progress: [
    409,
    "A call or a message is under way",
    "there are never two at once: ask again when it has ended",
  ],
  request_in_progress: [
    409,
    "The same request is still being answered",
    "another request with this `Idempotency-Key` is under way: try again in a moment",
  ],
  idempotency_key_reused: [
    422,
    "The Idempotency-Key was used for another request",
    "the `Idempotency-Key` was sent with another body: take a new one",
  ],
  id_conflict: [409, "The id was used for another request", "the own `id` was used with other content"],
  body_too_large: [413, "The body is too large", "over 16 KiB, or too many form fields"],
  unsupported_media_type: [
    415,
    "The body is of a type that is not read here",
    "send `application/json` or `application/x-www-form-urlencoded`, in UTF-8 and uncompressed",
  ],
  upgrade_required: [426, "This is a WebSocket", "`/v1/events` was asked for without a WebSocket"],
  too_many_registrations: [
    429,
    "Too many registrations in a minute or a day",
    "the client's registrations in a minute or a day are used up: come again after `Retry-After`",
  ],
  too_many_calls_to_number: [
    429,
    "Too many calls to this number in an hour",
    "the calls to this number in an hour are used up, those of all clients together: come again after `Retry-After`",
  ],
  too_many_calls_to_prefix: [
    429,
    "Too many calls to numbers like this one in an hour",
    "the calls in an hour to numbers that differ in the last four digits only are used up: come again after `Retry-After`",
  ],
  too_many_wrong_keys: [
    429,
    "Too many wrong API keys",
    "too many wrong API keys came from this address; a right one is let in all the same",
  ],
  too_many_streams: [
    429,
    "Too many event streams at one time",
    "the client has 10 connections to `/v1/events` already",
  ],
  number_not_allowed: [
    422,
    "This number is not called",
    "a number outside Japan or of a class that is not called, such as 0120 or 0570: `detail` says which; `outbound_allow` of the client or `HONNIN_OUTBOUND_ALLOW` makes exceptions",
  ],
  not_a_mobile_number: [
    422,
    "This number takes no SMS",
    "a message is asked for, and the number is not a mobile one (070, 080, 090, 060)",
  ],
  budget_exhausted: [
    422,
    "The budget for calls is spent",
    "what is left of a budget, of the client or of all, is too little for one more call: `detail` says of which",
  ],
  too_many_enrollments: [
    422,
    "This client has as many enrollments as it may",
    "the client's `max_enrollments` is reached: delete those that are not used",
  ],
  channel_not_available: [
    422,
    "This channel is not available",
    "a message is asked for, and there is no gateway for SMS that could take it",
  ],
  payee_not_speakable: [
    422,
    "The payee cannot be said",
    "there is no recording of `transaction.payee` in this language, and no speech program that can say it: record it, install one, or set `unspoken_payee`",
  ],
  internal_error: [500, "Something went wrong on our side", "a fault of ours; the log has it"],
  service_unavailable: [
    503,
    "The service cannot do this now",
    "the service is stopping, the database refuses to write, the disk is nearly full, or there is no way to this number (no trunk, no DID): `detail` says which",
  ],
} as const satisfies Record<string, readonly [status: number, title: string, when: string]>;

export type ProblemCode = keyof typeof PROBLEMS;
