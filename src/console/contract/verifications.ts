import { z } from "zod";
import { timeSchema } from "../../representation/time.js";
import { transactionSchema } from "../../representation/transaction.js";
import { EVENT_TYPES } from "../../store/event-types.js";
import { ATTEMPT_NOTES } from "../../verification/attempt-note.js";
import { CALL_ENDINGS, ENDED_BY } from "../../verification/call-ending.js";
import { LINE_TYPES } from "../../verification/phone-number.js";
import { LOCALES } from "../../verification/prompt-id.js";
import { CHANNELS, DIRECTIONS, METHODS } from "../../verification/request-terms.js";
import { ATTEMPT_OUTCOMES, FAILURE_REASONS, VERIFICATION_STATUSES } from "../../verification/status.js";
import { WITHHELD_REASONS } from "../../verification/withheld-reason.js";

const at = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** What is searched; sent as a body, for a number in an address would be kept by whoever keeps addresses. */
const searchSchema = z.strictObject({
  /** In any spelling. */
  number: z.string().trim().max(64).optional(),
  id: z.string().trim().max(64).optional(),
  client: z.string().max(64).optional(),
  status: z.enum(VERIFICATION_STATUSES).optional(),
  reason: z.enum(FAILURE_REASONS).optional(),
  /** Registered from then on, and before then. */
  from: at.optional(),
  to: at.optional(),
});
export type SearchAsked = z.input<typeof searchSchema>;
export type SearchFields = z.output<typeof searchSchema>;
export const searchPageSchema = searchSchema.extend({ cursor: z.string().max(256).optional() });

export const exportSchema = searchSchema.extend({
  language: z.enum(["ja", "en"]),
  /** IANA's name of the zone in which times are written. */
  time_zone: z.string().max(64),
});
export type ExportAsked = z.input<typeof exportSchema>;

const inShort = {
  id: z.string(),
  client: z.strictObject({ id: z.string(), name: z.string() }),
  status: z.enum(VERIFICATION_STATUSES),
  reason: z.enum(FAILURE_REASONS).nullable(),
  /** Masked. */
  number: z.string(),
  direction: z.enum(DIRECTIONS),
  channel: z.enum(CHANNELS),
  method: z.enum(METHODS),
  created_at: timeSchema,
  completed_at: timeSchema.nullable(),
};
const shortSchema = z.strictObject(inShort);
export type VerificationInShort = z.output<typeof shortSchema>;

export const foundSchema = z.strictObject({
  verifications: z.array(shortSchema),
  next_cursor: z.string().nullable(),
});
export type Found = z.output<typeof foundSchema>;

export const clientChoiceSchema = z.strictObject({
  clients: z.array(z.strictObject({ id: z.string(), name: z.string() })),
});
export type ClientChoice = z.output<typeof clientChoiceSchema>;

const stepSchema = z.discriminatedUnion("kind", [
  z.strictObject({ at: timeSchema, kind: z.literal("said"), pieces: z.array(z.string()) }),
  z.strictObject({ at: timeSchema, kind: z.literal("keys"), count: z.int() }),
  z.strictObject({
    ...{ at: timeSchema, kind: z.literal("ruled") },
    ruling: z.enum(["verified", "wrong", "failed", "barred", "closed"]),
    tries_left: z.int().nullable(),
    reason: z.enum(FAILURE_REASONS).nullable(),
  }),
]);
export type CallStep = z.output<typeof stepSchema>;

const callSchema = z.strictObject({
  id: z.string(),
  /** A message is told of as a call is, without a story. */
  channel: z.enum(CHANNELS),
  gateway: z.string().nullable(),
  gateway_error: z.string().nullable(),
  direction: z.enum(DIRECTIONS),
  started_at: timeSchema,
  ringing_at: timeSchema.nullable(),
  answered_at: timeSchema.nullable(),
  ended_at: timeSchema.nullable(),
  /** By which it went or came, the last one where the first could not; null: none, as of a call to a test telephone. */
  trunk: z.string().nullable(),
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  sip_status: z.int().nullable(),
  q850_cause: z.int().nullable(),
  note: z.enum(ATTEMPT_NOTES).nullable(),
  /** Null while it lasts. */
  end: z.strictObject({ ending: z.enum(CALL_ENDINGS), by: z.enum(ENDED_BY) }).nullable(),
  /** What the network said of the caller, with numbers masked; null of a call that we made. */
  caller: z
    .strictObject({
      from: z.string().nullable(),
      p_asserted_identity: z.string().nullable(),
      agree: z.boolean().nullable(),
      privacy: z.string().nullable(),
      trunk: z.string(),
      stir_shaken: z.string().nullable(),
      withheld_reason: z.enum(WITHHELD_REASONS).nullable(),
    })
    .nullable(),
  /** Null where none was kept. */
  story: z.strictObject({ steps: z.array(stepSchema), left_out: z.int() }).nullable(),
});
export type CallTold = z.output<typeof callSchema>;

const deliverySchema = z.strictObject({
  state: z.enum(["waiting", "retrying", "delivered", "failed"]),
  attempts: z.int(),
  next_attempt_at: timeSchema.nullable(),
  delivered_at: timeSchema.nullable(),
  last_status: z.int().nullable(),
  last_error: z.string().nullable(),
});
const eventSchema = z.strictObject({
  id: z.string(),
  type: z.enum(EVENT_TYPES),
  at: timeSchema,
  /** Null: its client had no webhook. */
  delivery: deliverySchema.nullable(),
});
export type EventTold = z.output<typeof eventSchema>;

export const toldSchema = z.strictObject({
  ...inShort,
  line_type: z.enum(LINE_TYPES),
  locale: z.enum(LOCALES),
  call_to: z.string().nullable(),
  enrollment_id: z.string().nullable(),
  expires_at: timeSchema,
  code_entries: z.int(),
  max_code_entries: z.int(),
  max_call_attempts: z.int(),
  /** With numbers masked; null: the code is for none. */
  transaction: transactionSchema.nullable(),
  metadata: z.record(z.string(), z.string()),
  calls: z.array(callSchema),
  events: z.array(eventSchema),
  /** Whether an event can be sent again. */
  webhook: z.boolean(),
});
export type VerificationTold = z.output<typeof toldSchema>;

/** Why somebody has to see a whole number; kept. */
export const revealSchema = z.strictObject({
  reason: z
    .string()
    .trim()
    .regex(/^\P{Cc}{1,200}$/u, "1 to 200 characters"),
});
export const revealedSchema = z.strictObject({ number: z.string() });
export type Revealed = z.output<typeof revealedSchema>;
