import { z } from "zod";
import { PROMPT_REFUSALS } from "../../prompts/prompt-refusal.js";

/** Why the console refuses something; the pages have a sentence for each, in both languages. */
export const REFUSALS = {
  invalid_request: 400,
  not_signed_in: 401,
  wrong_credentials: 401,
  forbidden: 403,
  cross_site: 403,
  not_found: 404,
  method_not_allowed: 405,
  name_taken: 409,
  last_admin: 409,
  conflict: 409,
  changed_meanwhile: 409,
  did_taken: 409,
  id_taken: 409,
  no_did: 409,
  not_permitted: 403,
  limit_reached: 422,
  link_void: 410,
  body_too_large: 413,
  unsupported_media_type: 415,
  password_too_short: 422,
  password_too_long: 422,
  password_too_plain: 422,
  wrong_code: 422,
  clock_differs: 422,
  passkey_refused: 422,
  passkey_known: 409,
  number_not_allowed: 422,
  budget_exhausted: 422,
  prompt_refused: 422,
  too_many_tries: 429,
  too_many_registrations: 429,
  too_many_calls_to_number: 429,
  too_many_calls_to_prefix: 429,
  internal_error: 500,
  busy: 503,
  service_unavailable: 503,
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export const refusalSchema = z.strictObject({
  code: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
  /** Seconds until another try makes sense, or by which a clock is wrong. */
  seconds: z.int().optional(),
  /** Why, where it is `prompt_refused`. */
  prompt: z.enum(PROMPT_REFUSALS).optional(),
});
export type RefusalBody = z.output<typeof refusalSchema>;
