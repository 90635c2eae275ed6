import { z } from "zod";
import { RECEIPT_NUMBERS } from "../representation/receipt.js";
import { LOCALES } from "../verification/prompt-id.js";
import { CHANNELS, DIRECTIONS, METHODS } from "../verification/request-terms.js";
import { VERIFICATION_STATUSES } from "../verification/status.js";
import { withoutSeparators } from "../verification/separators.js";

/** Own ids: what is safe in a URL, a log and a file name. */
const OWN_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** What a path cannot name: `.` and `..` are folded away by every client, `result` is a path of its own. */
const NO_ID = [".", "..", "result"];

export const ownId = z
  .string()
  .regex(OWN_ID, "1 to 64 of A-Z a-z 0-9 . _ -")
  .refine((id) => !NO_ID.includes(id), `not ${NO_ID.join(", ")}`)
  // What is refined has no JSON Schema of its own.
  .meta({ not: { enum: NO_ID } });

/** A form sends digits as text; JSON must send numbers. */
export const integer = (min: number, max: number): z.ZodType<number> =>
  z
    .preprocess(
      (value) => (typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : value),
      z.number(`a whole number from ${min} to ${max}`).int().min(min).max(max),
    )
    // What is preprocessed has no JSON Schema of its own.
    .meta({ type: "integer", minimum: min, maximum: max });

const MOST_METADATA = 10;
const metadataName = z.string().min(1).max(64);
const metadataValue = z.string().max(512);

/**
 * Kept as it was sent, every name in it: zod's own record leaves out the name `__proto__`, and with it what the
 * client wanted back.
 */
export const metadata = (z.unknown() as z.ZodType<Readonly<Record<string, string>>>)
  .superRefine((value: unknown, context) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      context.addIssue({ code: "custom", message: "an object of text values" });
      return;
    }
    const fields = Object.entries(value);
    if (fields.length > MOST_METADATA) {
      context.addIssue({ code: "custom", message: `at most ${MOST_METADATA} values` });
    }
    for (const [name, field] of fields) {
      const wrong = [metadataName.safeParse(name), metadataValue.safeParse(field)].find(
        ({ success }) => !success,
      );
      const message = wrong?.error?.issues[0]?.message;
      if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
    }
  })
  // What is refined by hand has no JSON Schema of its own.
  .meta({
    type: "object",
    propertyNames: { minLength: 1, maxLength: 64 },
    additionalProperties: { type: "string", maxLength: 512 },
    maxProperties: MOST_METADATA,
  });

const KEYPAD_CODE = /^\d{4,10}$/;

/** Body of `POST /v1/verifications`, DESIGN section 3. Unknown fields are refused: a typo must not pass. */
const registerFields = z.strictObject({
  phone_number: z.string("a telephone number, as text").min(1).max(64),
  id: ownId.optional(),
  direction: z.enum(DIRECTIONS).default(DIRECTIONS[0]),
  channel: z.enum(CHANNELS).default(CHANNELS[0]),
  method: z.enum(METHODS).default(METHODS[0]),
  code: z
    .string("4 to 10 digits, as text; with method spoken 4 to 32 letters and digits")
    .regex(/^[A-Za-z0-9]{4,32}$/, "4 to 10 digits; with method spoken 4 to 32 of A-Z a-z 0-9")
    .optional(),
  expires_in: integer(30, 600).default(300),
  locale: z.enum(LOCALES).optional().describe("default: the client's, which is ja unless set"),
  max_code_entries: integer(1, 5).default(3),
  max_call_attempts: integer(1, 3).default(1),
  did: z.string().max(32).optional(),
  metadata: metadata.default({}),
});

export const registerBody = registerFields.refine(
  ({ method, code }) => code === undefined || method === "spoken" || KEYPAD_CODE.test(code),
  { path: ["code"], error: "4 to 10 digits; letters and more only with method spoken" },
);

export type RegisterBody = z.output<typeof registerBody>;

/** Body of `POST /v1/verifications/result`. */
export const resultBody = z.strictObject({ id: ownId });

/** What a person typed or pasted: an input method for Japanese writes full width, and groups are typed as groups. */
const typed = z
  .string("what the person typed, as text")
  .transform(withoutSeparators)
  .pipe(z.string().min(1, "is empty").max(32, "at most 32 characters"));

/** Body of `POST /v1/verifications/{id}/check`. */
export const checkBody = z.strictObject({ code: typed });

/** Query of `GET /v1/verifications/{id}/receipt`. */
export const receiptQuery = z.strictObject({
  number: z
    .enum(RECEIPT_NUMBERS)
    .optional()
    .describe(
      "the number's keyed hash or the whole number; default: `HONNIN_RECEIPT_NUMBER`, which is hash unless set",
    ),
});

/** Query of `GET /v1/usage`. */
export const usageQuery = z.strictObject({
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/, "YYYY-MM")
    .optional(),
});

/** As an earlier answer gave it; `readCursor` reads it. */
export const cursor = z.string().max(200).optional();

export const searchedNumber = z.string().min(1).max(64).optional();

/** Query of `GET /v1/verifications`. */
export const listQuery = z.strictObject({
  status: z.enum(VERIFICATION_STATUSES).optional(),
  phone_number: searchedNumber,
  created_after: z.iso
    .datetime({ offset: true, error: "an RFC 3339 time" })
    .transform((text) => Date.parse(text))
    .optional(),
  cursor,
  limit: integer(1, 100).default(20),
});
