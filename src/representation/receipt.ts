import { z } from "zod";
import { LINE_TYPES } from "../verification/phone-number.js";
import { CHANNELS, DIRECTIONS, METHODS } from "../verification/request-terms.js";
import { FAILURE_REASONS, type FinalStatus } from "../verification/status.js";
import { WITHHELD_REASONS } from "../verification/withheld-reason.js";
import { timeSchema } from "./time.js";
import { transactionSchema } from "./transaction.js";

/** How much of the number a receipt tells. */
export const RECEIPT_NUMBERS = ["hash", "whole"] as const;
export type ReceiptNumber = (typeof RECEIPT_NUMBERS)[number];

/** `typ` of its header (RFC 8725 section 3.11): nothing else that is signed can be taken for one. */
export const RECEIPT_TYPE = "honnin-receipt+jwt";

const FINAL_STATUSES = ["verified", "failed", "expired", "canceled"] as const satisfies FinalStatus[];

/** What a receipt says. Those of a later version may say more. */
export const receiptClaimsSchema = z.looseObject({
  iss: z.string(),
  /** The verification's id. */
  sub: z.string(),
  /** The client's id. */
  aud: z.string(),
  jti: z.string(),
  /** When the verification ended, seconds. */
  iat: z.int(),
  /** RFC 8176, of a verified one. */
  amr: z.array(z.enum(["tel", "sms"])).optional(),
  status: z.enum(FINAL_STATUSES),
  reason: z.enum(FAILURE_REASONS).optional(),
  phone_number: z.string().optional(),
  phone_number_hash: z.string().optional(),
  line_type: z.enum(LINE_TYPES),
  direction: z.enum(DIRECTIONS),
  channel: z.enum(CHANNELS),
  method: z.enum(METHODS),
  code_entries: z.int(),
  calls: z.int(),
  /** Absent of receipts from before there were any. */
  messages: z.int().optional(),
  /** Of the last call that came in. */
  caller: z
    .looseObject({
      proved: z.boolean(),
      agree: z.boolean().nullable().optional(),
      stir_shaken: z.string().nullable().optional(),
      withheld_reason: z.enum(WITHHELD_REASONS).nullable().optional(),
    })
    .optional(),
  /** What was agreed to; payee and reference are null once they were forgotten. */
  transaction: transactionSchema.optional(),
  created_at: timeSchema,
  completed_at: timeSchema,
});
export type ReceiptClaims = z.output<typeof receiptClaimsSchema>;

export const receiptSchema = z
  .strictObject({
    receipt: z
      .string()
      .describe(`JWS, compact: EdDSA by a key of /.well-known/jwks.json, typ \`${RECEIPT_TYPE}\``),
  })
  .meta({ id: "Receipt", description: "A signed receipt of a verification / 署名付きの認証証明" });
