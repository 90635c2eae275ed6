import { z } from "zod";
import { timeSchema } from "../../representation/time.js";
import { LOCALES } from "../../verification/prompt-id.js";

/** To a number, or to a test phone by its extension. */
export const placeTestCallSchema = z
  .strictObject({
    phone_number: z.string().min(1).max(64).optional(),
    test_phone: z.string().min(1).max(16).optional(),
    locale: z.enum(LOCALES).optional(),
  })
  .refine(({ phone_number, test_phone }) => (phone_number === undefined) !== (test_phone === undefined), {
    path: ["phone_number"],
    error: "a number or a test phone",
  });

export const testCallSchema = z.strictObject({
  verification_id: z.string(),
  /** Masked. */
  number: z.string(),
  /** What is to be keyed. */
  code: z.string(),
  expires_at: timeSchema,
});
export type TestCall = z.output<typeof testCallSchema>;

export const testPhonesSchema = z.strictObject({
  test_phones: z.array(z.strictObject({ extension: z.string(), number: z.string() })),
});
export type TestPhones = z.output<typeof testPhonesSchema>;
