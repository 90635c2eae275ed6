import { ApiError } from "../api.js";
import { promptRefusalText } from "./prompt-refusal-text.js";
import { text, type Text } from "./text.js";

type Plain = { [Key in keyof Text]: Text[Key] extends string ? Key : never }[keyof Text];

const SENTENCES: Readonly<
  Record<Exclude<ApiError["code"], "clock_differs" | "too_many_tries" | "prompt_refused">, Plain>
> = {
  invalid_request: "errInvalidRequest",
  not_signed_in: "errNotSignedIn",
  wrong_credentials: "errWrongCredentials",
  forbidden: "errForbidden",
  cross_site: "errCrossSite",
  not_found: "errNotFound",
  method_not_allowed: "errNotFound",
  name_taken: "errNameTaken",
  last_admin: "errLastAdmin",
  conflict: "errConflict",
  changed_meanwhile: "errChangedMeanwhile",
  did_taken: "errDidTaken",
  id_taken: "errIdTaken",
  no_did: "errNoDid",
  not_permitted: "errNotPermitted",
  limit_reached: "errLimitReached",
  link_void: "errLinkVoid",
  body_too_large: "errTooLarge",
  unsupported_media_type: "errInvalidRequest",
  password_too_short: "errPasswordShort",
  password_too_long: "errPasswordLong",
  password_too_plain: "errPasswordPlain",
  wrong_code: "errWrongCode",
  passkey_refused: "errPasskey",
  passkey_known: "errPasskeyKnown",
  number_not_allowed: "errNumberNotAllowed",
  budget_exhausted: "errBudget",
  too_many_registrations: "errTooManyRegistrations",
  too_many_calls_to_number: "errTooManyToNumber",
  too_many_calls_to_prefix: "errTooManyToPrefix",
  service_unavailable: "errServiceUnavailable",
  internal_error: "errInternal",
  busy: "errBusy",
  unreachable: "errUnreachable",
};

/** What went wrong, in a sentence that helps. */
export function refusalText(error: unknown): string {
  if (!(error instanceof ApiError)) return text.value.errInternal;
  const seconds = Math.abs(error.seconds ?? 0);
  if (error.code === "clock_differs") return text.value.errClock(seconds);
  if (error.code === "too_many_tries") return text.value.errTooMany(seconds);
  if (error.code === "prompt_refused") return promptRefusalText(error.prompt);
  return text.value[SENTENCES[error.code]];
}
