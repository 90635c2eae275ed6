import { z } from "zod";
import { RECEIPT_NUMBERS } from "../representation/receipt.js";
import { LOCALES } from "../verification/prompt-id.js";
import { type Leg, LEG_SECONDS, MOST_LEGS } from "../verification/chain.js";
import { CHANNELS, DIRECTIONS, type Method, METHODS } from "../verification/request-terms.js";
import { VERIFICATION_STATUSES } from "../verification/status.js";
import { transactionField } from "./transaction-schema.js";
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

const seconds = integer(LEG_SECONDS.least, LEG_SECONDS.most).default(LEG_SECONDS.usual);
const leg = z.union([
  z.enum(CHANNELS).transform((channel): Leg => ({ channel, seconds: LEG_SECONDS.usual })),
  z.strictObject({ channel: z.enum(CHANNELS), seconds }),
]);

/** A form, which has no lists, names them with commas between. */
const chain = z
  .preprocess(
    (value) => (typeof value === "string" ? value.split(",") : value),
    z.array(leg).min(1).max(MOST_LEGS),
  )
  .meta({
    description:
      "instead of `channel`: several, tried in this order until the code is used; each with the seconds that it has before the next begins",
    type: "array",
    minItems: 1,
    maxItems: MOST_LEGS,
    items: {
      anyOf: [
        { type: "string", enum: [...CHANNELS] },
        {
          type: "object",
          properties: {
            channel: { type: "string", enum: [...CHANNELS] },
            seconds: {
              type: "integer",
              minimum: LEG_SECONDS.least,
              maximum: LEG_SECONDS.most,
              default: LEG_SECONDS.usual,
            },
          },
          required: ["channel"],
          additionalProperties: false,
        },
      ],
    },
  });

/** Body of `POST /v1/verifications`, DESIGN section 3. Unknown fields are refused: a typo must not pass. */
const registerFields = z.strictObject({
  phone_number: z.string("a telephone number, as text").min(1).max(64),
  id: ownId.optional(),
  direction: z.enum(DIRECTIONS).default(DIRECTIONS[0]),
  channel: z.enum(CHANNELS).optional().describe("default: voice").meta({ default: CHANNELS[0] }),
  channels: chain.optional(),
  method: z
    .enum(METHODS)
    .optional()
    .describe("default: keypad; where a message tells the code, spoken and no other")
    .meta({ default: METHODS[0] }),
  code: z
    .string("4 to 10 digits, as text; with method spoken 4 to 32 letters and digits")
    .regex(/^[A-Za-z0-9]{4,32}$/, "4 to 10 digits; with method spoken 4 to 32 of A-Z a-z 0-9")
    .optional(),
  expires_in: integer(30, 600).default(300),
  locale: z.enum(LOCALES).optional().describe("default: the client's, which is ja unless set"),
  max_code_entries: integer(1, 5).default(3),
  max_call_attempts: integer(1, 3).default(1),
  did: z.string().max(32).optional(),
  transaction: transactionField.optional().describe("what the code agrees to; told before it"),
  metadata: metadata.default({}),
});

export const registerBody = registerFields
  .refine(({ channel, channels }) => channel === undefined || channels === undefined, {
    path: ["channels"],
    error: "instead of channel, not beside it",
  })
  .refine((body) => !tellsByMessage(body) || (body.method ?? "spoken") === "spoken", {
    path: ["method"],
    error: "spoken, or none, where a message tells the code",
  })
  .refine((body) => (body.channels?.length ?? 0) < 2 || methodOf(body) === "spoken", {
    path: ["channels"],
    error: "several only with method spoken",
  })
  .refine((body) => body.code === undefined || methodOf(body) === "spoken" || KEYPAD_CODE.test(body.code), {
    path: ["code"],
    error: "4 to 10 digits; letters and more only with method spoken",
  });

type Asked = Pick<z.output<typeof registerFields>, "channel" | "channels" | "method">;

function tellsByMessage({ channel, channels }: Asked): boolean {
  return channel === "sms" || channels?.some((one) => one.channel === "sms") === true;
}

/** The method that is meant: what a message tells is typed, as what was read aloud is. */
export function methodOf(body: Asked): Method {
  return body.method ?? (tellsByMessage(body) ? "spoken" : METHODS[0]);
}

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

/** Body of `POST /v1/verifications/{id}/resend`. */
export const resendBody = z.strictObject({ channel: z.enum(CHANNELS) });
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
