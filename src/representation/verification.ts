import { z } from "zod";
import { openCode } from "../store/sealed-columns.js";
import { keptTransaction } from "../store/sealed-transaction.js";
import type { StoredVerification, VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { LINE_TYPES } from "../verification/phone-number.js";
import { LOCALES } from "../verification/prompt-id.js";
import { CHANNELS, DIRECTIONS, METHODS } from "../verification/request-terms.js";
import { readChain } from "../verification/chain.js";
import { FAILURE_REASONS, isFinal, VERIFICATION_STATUSES } from "../verification/status.js";
import { attemptSchema, presentAttempt } from "./attempt.js";
import { time, timeSchema } from "./time.js";
import { transactionSchema } from "./transaction.js";

const verificationFields = z.strictObject({
  id: z.string(),
  status: z.enum(VERIFICATION_STATUSES),
  reason: z.enum(FAILURE_REASONS).nullable().describe("why it failed; null otherwise"),
  phone_number: z.string().describe("E.164"),
  line_type: z.enum(LINE_TYPES),
  direction: z.enum(DIRECTIONS),
  channel: z.enum(CHANNELS).describe("the first of `channels`"),
  channels: z
    .array(z.strictObject({ channel: z.enum(CHANNELS), seconds: z.int().nullable() }))
    .describe(
      "by which channels the code is told, in their order, and how long each has before the next begins",
    ),
  next: z
    .strictObject({ channel: z.enum(CHANNELS), at: timeSchema })
    .nullable()
    .describe("the call or message that is to come, and when; null: none, or one is under way"),
  method: z.enum(METHODS),
  locale: z.enum(LOCALES),
  call_to: z.string().nullable().describe("inbound: the number to call"),
  enrollment_id: z.string().nullable().describe("the enrollment by which a call made it"),
  expires_at: timeSchema,
  created_at: timeSchema,
  completed_at: timeSchema.nullable(),
  code_entries: z.int(),
  attempts: z.array(attemptSchema),
  transaction: transactionSchema.nullable().describe("what the code agrees to; null: to none"),
  metadata: z.record(z.string(), z.string()),
});

export const verificationSchema = verificationFields.meta({
  id: "Verification",
  description: "A verification, as it stands / 認証の状態",
});

/** The only answer in which a code is. */
export const registeredSchema = verificationFields
  .extend({ code: z.string().optional().describe("only for keypad, only when issued here") })
  .meta({
    id: "RegisteredVerification",
    description: "A verification that was just registered / 登録した認証",
  });

export const verificationListSchema = z
  .strictObject({
    data: z.array(verificationSchema),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "VerificationList", description: "Verifications, newest first / 認証の一覧" });

/**
 * A verification as the API returns it, DESIGN section 3.
 *
 * @param issuedCode only in the 201, only for `keypad`, only when Honnin issued it.
 */
export function presentVerification(
  { verification: row, attempts }: StoredVerification,
  vault: Vault,
  issuedCode?: string,
): z.output<typeof registeredSchema> {
  return {
    id: row.id,
    status: row.status,
    reason: row.reason,
    phone_number: vault.decipherNumber(row.number_cipher),
    line_type: row.line_type,
    direction: row.direction,
    channel: row.channel,
    channels: shownChain(row),
    next: isFinal(row.status) ? null : nextOf(row),
    method: row.method,
    locale: row.locale,
    call_to: row.did,
    enrollment_id: row.enrollment_id,
    ...(issuedCode === undefined ? {} : { code: issuedCode }),
    expires_at: time(row.expires_at),
    created_at: time(row.created_at),
    completed_at: time(row.completed_at),
    code_entries: row.code_entries,
    attempts: attempts.map((attempt) => presentAttempt(attempt, vault)),
    transaction: keptTransaction(vault, row),
    metadata: JSON.parse(row.metadata) as Record<string, string>,
  };
}

function shownChain({ chain, channel }: VerificationRow): z.output<typeof registeredSchema>["channels"] {
  if (chain === null) return [{ channel, seconds: null }];
  const legs = readChain(chain, channel);
  // There is none after the last.
  return legs.map((leg, place) => ({
    channel: leg.channel,
    seconds: place === legs.length - 1 ? null : leg.seconds,
  }));
}

function nextOf({ next_attempt_at: at, next_channel: channel }: VerificationRow): Next {
  return at === null ? null : { channel, at: time(at) };
}
type Next = z.output<typeof registeredSchema>["next"];

/** What the 201 of a verification said, as long as its code is known: for a repeated Idempotency-Key. */
export function presentFirstAnswer(row: VerificationRow, vault: Vault): z.output<typeof registeredSchema> {
  const first: VerificationRow = {
    ...row,
    status: "pending",
    next_attempt_at: row.direction === "outbound" ? row.created_at : null,
    next_channel: row.channel,
    reason: null,
    completed_at: null,
    code_entries: 0,
  };
  // A code that is read aloud is kept too, and was in no answer.
  const issuedCode = row.method === "spoken" ? undefined : (openCode(vault, row) ?? undefined);
  return presentVerification({ verification: first, attempts: [] }, vault, issuedCode);
}
