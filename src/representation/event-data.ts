import { z } from "zod";
import type { EventType } from "../store/event-schema.js";
import { attemptSchema, callerEvidenceSchema } from "./attempt.js";
import { enrollmentSchema } from "./enrollment.js";
import { verificationSchema } from "./verification.js";

/** `data` of an event of a call. */
const callData = z
  .strictObject({ verification_id: z.string(), attempt: attemptSchema })
  .meta({ id: "CallEventData", description: "A call, as it stood then" });

/** `data` of an event of a message. */
const messageData = z
  .strictObject({ verification_id: z.string(), attempt: attemptSchema })
  .meta({ id: "MessageEventData", description: "A message, as it stood then" });

/** `data` of a call that nothing waited for. */
const unmatchedData = z
  .strictObject({
    did: z.string().describe("where it came in"),
    why: z.enum(["withheld", "unknown"]),
    phone_number: z.string().nullable().describe("E.164; null when it is withheld or none"),
    caller_evidence: callerEvidenceSchema,
  })
  .meta({ id: "UnmatchedCallData", description: "A call that nothing waited for" });

/** `data` of a budget of which so much is spent. */
const budgetData = z
  .strictObject({
    period: z.enum(["day", "month"]),
    of: z.string().describe("the day or month in Japan: 2026-11-27, 2026-11"),
    percent: z.union([z.literal(50), z.literal(80), z.literal(100)]).describe("100: calls are refused"),
    budget_yen: z.number(),
    spent_yen: z.number().describe("calls in progress counted with the most that they may cost"),
  })
  .meta({ id: "BudgetThresholdData", description: "A budget of this client, as it stood then" });

/** `data` of each event that is sent. */
export const EVENT_DATA = {
  "verification.created": verificationSchema,
  "call.started": callData,
  "call.ringing": callData,
  "call.answered": callData,
  "call.ended": callData,
  "message.sent": messageData,
  "message.delivered": messageData,
  "message.failed": messageData,
  "verification.verified": verificationSchema,
  "verification.failed": verificationSchema,
  "verification.expired": verificationSchema,
  "verification.canceled": verificationSchema,
  "inbound.unmatched": unmatchedData,
  "enrollment.pin_locked": enrollmentSchema,
  "budget.threshold": budgetData,
} as const satisfies Record<EventType, z.ZodType>;

export type EventData = { readonly [Type in EventType]: z.output<(typeof EVENT_DATA)[Type]> };
