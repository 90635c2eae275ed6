import { z } from "zod";
import { CURRENCIES } from "../verification/transaction.js";

/** A transaction, as it is shown. */
export const transactionSchema = z
  .strictObject({
    amount: z.string().describe("with as many decimals as the currency has"),
    currency: z.enum(CURRENCIES),
    payee: z.string().nullable().describe("null: forgotten with the number"),
    reference: z.string().nullable().describe("null: forgotten with the number"),
  })
  .meta({
    id: "Transaction",
    description: "What the code of a verification agrees to / 認証の対象となる取引",
  });
