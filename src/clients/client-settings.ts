import { z } from "zod";
import { isIpBlock } from "./ip-blocks.js";

const METHODS = ["keypad", "spoken", "caller_id"] as const;
const DIRECTIONS = ["outbound", "inbound"] as const;

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
  directions: z
    .array(z.enum(DIRECTIONS))
    .min(1)
    .default([...DIRECTIONS]),
  locale: z.enum(["ja", "en"]).default("ja"),
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
  demand_evidence: z.enum(["none", "asserted", "agree", "stir_shaken"]).nullable().default(null),
  missing_evidence: z.enum(["refuse", "call_back"]).nullable().default(null),
});

export type ClientSettings = Readonly<z.output<typeof schema>>;
export type ClientSettingKey = keyof ClientSettings;

interface Description {
  /** How the text of a command becomes a value. */
  readonly kind: "text" | "list" | "whole" | "flag";
  readonly expected: string;
  readonly meaning: string;
}

/** For the commands: what each setting means and takes. */
export const CLIENT_SETTINGS: Readonly<Record<ClientSettingKey, Description>> = {
  caller_number: {
    kind: "text",
    expected: "1 to 15 digits, + allowed in front",
    meaning: "the number shown to the called",
  },
  methods: { kind: "list", expected: METHODS.join(", "), meaning: "methods that it may use" },
  directions: { kind: "list", expected: DIRECTIONS.join(", "), meaning: "directions that it may use" },
  locale: { kind: "text", expected: "ja or en", meaning: "language when a request names none" },
  outbound_allow: {
    kind: "list",
    expected: "E.164 prefixes such as +1415, comma-separated",
    meaning: "numbers that it may call against the rule",
  },
  ip_allow: {
    kind: "list",
    expected: "addresses and CIDR blocks such as 192.0.2.0/24, comma-separated",
    meaning: "from where its keys are accepted; none: from everywhere",
  },
  answer_inbound: {
    kind: "flag",
    expected: "true or false",
    meaning: "answer a call that proves its number by itself",
  },
  max_calls: { kind: "whole", expected: "1 to 10000", meaning: "outbound calls at one time" },
  max_calls_per_minute: { kind: "whole", expected: "1 to 100000", meaning: "new calls a minute" },
  max_calls_per_number_per_hour: {
    kind: "whole",
    expected: "1 to 1000",
    meaning: "calls to one number in an hour, those of other clients counted",
  },
  max_calls_per_block_per_hour: {
    kind: "whole",
    expected: "1 to 100000",
    meaning: "calls to one block of 10,000 numbers in an hour, those of other clients counted",
  },
  max_registrations_per_minute: { kind: "whole", expected: "1 to 100000", meaning: "registrations a minute" },
  max_registrations_per_day: { kind: "whole", expected: "1 to 100000000", meaning: "registrations a day" },
  max_enrollments: { kind: "whole", expected: "1 to 100000000", meaning: "enrolments at one time" },
  budget_yen_per_day: {
    kind: "whole",
    expected: "1 to 999999999",
    meaning: "yen that its calls may cost in a day, within the budget for all",
  },
  budget_yen_per_month: { kind: "whole", expected: "1 to 999999999", meaning: "the same in a month" },
  demand_evidence: {
    kind: "text",
    expected: "none, asserted, agree or stir_shaken",
    meaning:
      "what the network must have said of a caller; unset: asserted (the trunk's P-Asserted-Identity names the" +
      " number) where the number is all that there is. With none anybody whom the trunk lets write a From is" +
      " verified as whoever he says",
  },
  missing_evidence: {
    kind: "text",
    expected: "refuse or call_back",
    meaning:
      "what becomes of a caller without that evidence, or of one without proof after too many wrong entries of" +
      " such callers; unset: refuse and call_back (three times a day at most)",
  },
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
