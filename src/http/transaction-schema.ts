import { z } from "zod";
import { canonicalAmount, CURRENCIES, DECIMALS, type Transaction } from "../verification/transaction.js";

/** Characters that say nothing by themselves or turn the direction of writing, by which one payee looks like another. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
const MOST_OF_PAYEE = 70;
const PAYEE = `1 to ${String(MOST_OF_PAYEE)} characters, none of them a control character, no blank at either end`;

const payee = z
  .string(PAYEE)
  .transform((text) => text.normalize("NFC"))
  .refine(
    (text) =>
      text !== "" && Array.from(text).length <= MOST_OF_PAYEE && !UNSEEN.test(text) && text.trim() === text,
    PAYEE,
  )
  // What is refined by hand has no JSON Schema of its own.
  .meta({ type: "string", minLength: 1, maxLength: MOST_OF_PAYEE });

const AMOUNT = "decimal digits, as text or as a whole number: more than 0, at most 999999999999";
const amount = z
  .union([z.string(), z.int().min(1)], AMOUNT)
  .transform(String)
  .refine((text) => canonicalAmount(text, "JPY") !== null || canonicalAmount(text, "USD") !== null, AMOUNT)
  .meta({ examples: ["12000", "12.50"] });

/** What a code is to agree to. The amount comes out in one spelling, so that equal ones are equal. */
export const transactionField: z.ZodType<Transaction> = z
  .strictObject({
    amount,
    currency: z.enum(CURRENCIES, `one of ${CURRENCIES.join(", ")}`),
    payee,
    reference: z.string().regex(/^[\x21-\x7e]{1,64}$/, "1 to 64 visible ASCII characters"),
  })
  .transform((sent, context): Transaction => {
    const { currency } = sent;
    const spelt = canonicalAmount(sent.amount, currency);
    if (spelt !== null) return { ...sent, amount: spelt };
    const message = `more than 0, with no decimals or ${String(DECIMALS[currency])} in ${currency}`;
    context.addIssue({ code: "custom", path: ["amount"], message });
    return z.NEVER;
  });
