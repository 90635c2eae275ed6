import { z } from "zod";
import { EVIDENCE_MISSING } from "../verification/call-back.js";
import { EVIDENCE_DEMANDS } from "../verification/demanded-evidence.js";
import { DEFAULT_LOCALE, LOCALES } from "../verification/prompt-id.js";
import { CHANNELS, DIRECTIONS, METHODS } from "../verification/request-terms.js";
import { isIpBlock } from "./ip-blocks.js";
import { MESSAGE_FIELDS, MESSAGE_SETTINGS } from "./message-settings.js";
import type { Description } from "./setting-description.js";
import { TRANSACTION_FIELDS, TRANSACTION_SETTINGS } from "./transaction-settings.js";

const limit = (max: number): z.ZodDefault<z.ZodNullable<z.ZodNumber>> =>
  z.number().int().min(1).max(max).nullable().default(null);

/**
 * What a client may have set for itself, with the defaults of one that has set nothing; null: the service's
 * own setting, or no limit. Unknown keys are refused, so that a typo cannot pass for a limit. Its DIDs are
 * in a table of their own, because no two clients may have the same.
 */
const schema = z.strictObject({
  caller_number: z
    .string()
    .regex(/^\+?\d{1,15}$/)
    .nullable()
    .default(null),
  methods: z
    .array(z.enum(METHODS))
    .min(1)
    .default([...METHODS]),
  channels: z
    .array(z.enum(CHANNELS))
    .min(1)
    .default([...CHANNELS]),
  directions: z
    .array(z.enum(DIRECTIONS))
    .min(1)
    .default([...DIRECTIONS]),
  locale: z.enum(LOCALES).default(DEFAULT_LOCALE),
  outbound_allow: z.array(z.string().regex(/^\+\d{1,15}$/)).default([]),
  ip_allow: z.array(z.string().refine(isIpBlock)).default([]),
  answer_inbound: z.boolean().nullable().default(null),
  max_calls: limit(10_000),
  max_calls_per_minute: limit(100_000),
  max_calls_per_number_per_hour: limit(1000),
  max_calls_per_block_per_hour: limit(100_000),
  max_registrations_per_minute: limit(100_000),
  max_registrations_per_day: limit(100_000_000),
  max_enrollments: limit(100_000_000),
  budget_yen_per_day: limit(999_999_999),
  budget_yen_per_month: limit(999_999_999),
  demand_evidence: z.enum(EVIDENCE_DEMANDS).nullable().default(null),
  missing_evidence: z.enum(EVIDENCE_MISSING).nullable().default(null),
  ...MESSAGE_FIELDS,
  ...TRANSACTION_FIELDS,
});

export type ClientSettings = Readonly<z.output<typeof schema>>;
export type ClientSettingKey = keyof ClientSettings;

/** DIDs are no setting of the row, but are set and shown beside these. */
export const DIDS_SETTING = {
  expected: "numbers of HONNIN_DIDS, comma-separated",
  meaning: "DIDs of its own, each at most one client's; the first is its default",
  unset: "none: those that nobody has claimed serve it",
} as const;

/** For the commands and the manual: what each setting means and takes. */
export const CLIENT_SETTINGS: Readonly<Record<ClientSettingKey, Description>> = {
  caller_number: {
    kind: "text",
    expected: "1 to 15 digits, + allowed in front",
    meaning: "the number shown to the called",
    unset: "HONNIN_CALLER_NUMBER",
  },
  methods: {
    kind: "list",
    expected: METHODS.join(", "),
    options: METHODS,
    meaning: "methods that it may use; any other is 403 not_permitted",
  },
  channels: {
    kind: "list",
    expected: CHANNELS.join(", "),
    options: CHANNELS,
    meaning: "channels that it may use; any other is 403 not_permitted",
  },
  directions: {
    kind: "list",
    expected: DIRECTIONS.join(", "),
    options: DIRECTIONS,
    meaning: "directions that it may use; the other is 403 not_permitted",
  },
  locale: {
    kind: "text",
    expected: LOCALES.join(" or "),
    options: LOCALES,
    meaning: "language when a request names none, and for unmatched callers at its DIDs",
  },
  outbound_allow: {
    kind: "list",
    expected: "E.164 prefixes such as +1415, comma-separated",
    meaning: "numbers that it may call against the rule, beside HONNIN_OUTBOUND_ALLOW",
  },
  ip_allow: {
    kind: "list",
    expected: "IPv4 and IPv6 addresses and CIDR blocks such as 192.0.2.0/24, comma-separated",
    meaning:
      "addresses from which its keys are accepted, for the API and the WebSocket; from others: 403 address_not_allowed",
    unset: "everywhere",
  },
  answer_inbound: {
    kind: "flag",
    expected: "true or false",
    meaning: "answer a call that proves its number by itself (caller_id)",
    unset: "HONNIN_ANSWER_INBOUND",
  },
  max_calls: {
    kind: "whole",
    expected: "1 to 10000",
    meaning:
      "outbound calls at one time; more wait, for at most HONNIN_MAX_QUEUE_SECONDS, while other clients' go ahead",
    unset: "HONNIN_TRUNK_MAX_CALLS",
  },
  max_calls_per_minute: {
    kind: "whole",
    expected: "1 to 100000",
    meaning: "new calls in a minute, ten seconds' worth at once; more wait for their turn",
    unset: "HONNIN_MAX_CALLS_PER_MINUTE",
  },
  max_calls_per_number_per_hour: {
    kind: "whole",
    expected: "1 to 1000",
    meaning:
      "calls to one number in an hour, those of other clients counted; more are 429 too_many_calls_to_number",
    unset: "HONNIN_MAX_CALLS_PER_NUMBER_PER_HOUR",
  },
  max_calls_per_block_per_hour: {
    kind: "whole",
    expected: "1 to 100000",
    meaning:
      "calls to one block of 10,000 numbers in an hour, those of other clients counted; more are 429 too_many_calls_to_prefix",
    unset: "HONNIN_MAX_CALLS_PER_BLOCK_PER_HOUR",
  },
  max_registrations_per_minute: {
    kind: "whole",
    expected: "1 to 100000",
    meaning:
      "registrations in a minute, of verifications and enrollments together; more are 429 too_many_registrations. Counted in memory, anew after a restart",
    unset: "HONNIN_MAX_REGISTRATIONS_PER_MINUTE",
  },
  max_registrations_per_day: {
    kind: "whole",
    expected: "1 to 100000000",
    meaning: "the same in a day of Japan, counted in the database",
    unset: "HONNIN_MAX_REGISTRATIONS_PER_DAY",
  },
  max_enrollments: {
    kind: "whole",
    expected: "1 to 100000000",
    meaning: "enrollments at one time; more are 422 too_many_enrollments",
    unset: "HONNIN_MAX_ENROLLMENTS",
  },
  budget_yen_per_day: {
    kind: "whole",
    expected: "1 to 999999999",
    meaning:
      "yen that its calls may cost in a day of Japan, within the budget for all; more are 422 budget_exhausted",
    unset: "none of its own",
  },
  budget_yen_per_month: {
    kind: "whole",
    expected: "1 to 999999999",
    meaning: "the same in a month",
    unset: "none of its own",
  },
  demand_evidence: {
    kind: "text",
    expected: "none, asserted, agree or stir_shaken",
    options: EVIDENCE_DEMANDS,
    meaning:
      "what the network must have said of a caller. With `none` anybody whom the trunk lets write a From is verified as whoever he says",
    unset:
      "`asserted` (the trunk's P-Asserted-Identity names the number) where the number is all that there is, else `none`",
  },
  missing_evidence: {
    kind: "text",
    expected: "refuse or call_back",
    options: EVIDENCE_MISSING,
    meaning:
      "what becomes of a caller without that evidence, or of one without proof after too many wrong entries of such callers",
    unset: "`refuse` and `call_back` (three times a day at most)",
  },
  ...MESSAGE_SETTINGS,
  ...TRANSACTION_SETTINGS,
};

/** Stored settings that this build does not understand: written by a newer one, or by hand. */
class ClientSettingsError extends Error {
  readonly code = "client_settings_invalid";

  constructor(message: string) {
    super(message);
    this.name = "ClientSettingsError";
  }
}

const DEFAULTS: ClientSettings = Object.freeze(schema.parse({}));

/**
 * @param stored the JSON of the row; null when there is none.
 * @throws {ClientSettingsError}
 */
export function readSettings(stored: string | null): ClientSettings {
  if (stored === null) return DEFAULTS;
  const parsed = schema.safeParse(JSON.parse(stored));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join(".") || issue.message).join(", ");
  throw new ClientSettingsError(`a client's stored settings are not understood: ${where}`);
}

/** One setting out of the text of a command; undefined when the text is not what it takes. */
export function parseSetting(key: ClientSettingKey, text: string): unknown {
  const parsed = schema.shape[key].safeParse(valueOf(CLIENT_SETTINGS[key].kind, text));
  return parsed.success ? parsed.data : undefined;
}

/** A value as the text of a command; empty where there is none. */
export function settingText(value: ClientSettings[ClientSettingKey]): string {
  if (Array.isArray(value)) return value.join(",");
  return value === null ? "" : String(value);
}

export function isSettingKey(key: string): key is ClientSettingKey {
  return Object.hasOwn(CLIENT_SETTINGS, key);
}

/** A text that does not fit its kind becomes `NaN`, which no schema takes. */
function valueOf(kind: Description["kind"], text: string): unknown {
  switch (kind) {
    case "text":
      return text;
    case "list":
      return text.split(",").map((item) => item.trim());
    case "whole":
      return /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    case "flag":
      return text === "true" || text === "false" ? text === "true" : NaN;
  }
}
