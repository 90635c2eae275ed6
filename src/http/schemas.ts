import { z } from "zod";

/** Own ids: what is safe in a URL, a log and a file name. */
const OWN_ID = /^[A-Za-z0-9._-]{1,64}$/;

const ownId = z.string().regex(OWN_ID, "1 to 64 of A-Z a-z 0-9 . _ -");

/** A form sends digits as text; JSON must send numbers. */
const integer = (min: number, max: number): z.ZodType<number> =>
  z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : value),
    z.number(`a whole number from ${min} to ${max}`).int().min(min).max(max),
  );

const metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((value) => Object.keys(value).length <= 10, "at most 10 values");

/** Body of `POST /v1/verifications`, DESIGN section 3. Unknown fields are refused: a typo must not pass. */
export const registerBody = z.strictObject({
  phone_number: z.string("a telephone number, as text").min(1).max(64),
  id: ownId.optional(),
  direction: z.enum(["outbound", "inbound"]).default("outbound"),
  channel: z.enum(["voice", "sms"]).default("voice"),
  method: z.enum(["keypad", "spoken", "caller_id"]).default("keypad"),
  code: z
    .string("4 to 10 digits, as text")
    .regex(/^\d{4,10}$/, "4 to 10 digits")
    .optional(),
  expires_in: integer(30, 600).default(300),
  locale: z.enum(["ja", "en"]).optional().describe("default: the client's, which is ja unless set"),
  max_code_entries: integer(1, 5).default(3),
  max_call_attempts: integer(1, 3).default(1),
  did: z.string().max(32).optional(),
  metadata: metadata.default({}),
});

export type RegisterBody = z.output<typeof registerBody>;

/** Body of `POST /v1/verifications/result`. */
export const resultBody = z.strictObject({ id: ownId });

/** Query of `GET /v1/usage`. */
export const usageQuery = z.strictObject({
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/, "YYYY-MM")
    .optional(),
});

const CURSOR = /^v1:(\d{1,15})$/;

/** Query of `GET /v1/verifications`. */
export const listQuery = z.strictObject({
  status: z.enum(["pending", "in_progress", "verified", "failed", "expired", "canceled"]).optional(),
  phone_number: z.string().min(1).max(64).optional(),
  created_after: z.iso
    .datetime({ offset: true, error: "an RFC 3339 time" })
    .transform((text) => Date.parse(text))
    .optional(),
  cursor: z
    .string()
    .transform((text, context) => {
      const seq = CURSOR.exec(Buffer.from(text, "base64url").toString("utf8"))?.[1];
      if (seq !== undefined) return Number(seq);
      context.addIssue({ code: "custom", message: "a next_cursor of an earlier answer" });
      return z.NEVER;
    })
    .optional(),
  limit: integer(1, 100).default(20),
});
