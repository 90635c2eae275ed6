import { z } from "zod";
import type { EventType } from "../../store/event-schema.js";
import { enrollmentResponse } from "../../representation/enrollment-responses.js";
import { attempt, callerEvidence, time, verificationResponse } from "../../representation/responses.js";

/** `data` of an event of a call. */
const callData = z
  .strictObject({ verification_id: z.string(), attempt })
  .meta({ id: "CallEventData", description: "A call, as it stood then" });

/** `data` of a call that nothing waited for. */
const unmatchedData = z
  .strictObject({
    did: z.string().describe("where it came in"),
    why: z.enum(["withheld", "unknown"]),
    phone_number: z.string().nullable().describe("E.164; null when it is withheld or none"),
    caller_evidence: callerEvidence,
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

/** The event types that are sent, and what they tell: English / 日本語, and the schema of `data`. */
const EVENTS = {
  "verification.created": ["A verification was registered / 認証が登録された", verificationResponse],
  "call.started": ["A call was begun, or came in / 発信または着信した", callData],
  "call.ringing": ["It rings / 呼び出し中", callData],
  "call.answered": ["It was answered / 応答した", callData],
  "call.ended": ["The call ended / 通話が終わった", callData],
  "verification.verified": ["The person was verified / 認証に成功した", verificationResponse],
  "verification.failed": ["It failed, for the reason in `reason` / 認証に失敗した", verificationResponse],
  "verification.expired": ["Its deadline has passed / 有効期限が切れた", verificationResponse],
  "verification.canceled": ["It was canceled / 取り消された", verificationResponse],
  "inbound.unmatched": ["A call came in that nothing waited for / 該当する認証のない着信", unmatchedData],
  "enrollment.pin_locked": [
    "The PIN of an enrolment no longer counts: renew it / 暗証番号のロック(再設定が必要)",
    enrollmentResponse,
  ],
  "budget.threshold": [
    "Half, four fifths or all of a budget is spent / 予算の 50・80・100 % に達した",
    budgetData,
  ],
} as const satisfies Record<EventType, readonly [string, z.ZodType]>;

export interface DescribedEvent {
  readonly type: string;
  /** The type as a name: `CallEnded`. */
  readonly name: string;
  readonly summary: string;
  /** Body of the webhook; the message of the WebSocket has its `id` too. */
  readonly body: z.ZodObject<z.ZodRawShape>;
}

export const DESCRIBED_EVENTS: readonly DescribedEvent[] = Object.entries(EVENTS).map(
  ([type, [summary, data]]) => ({
    type,
    name: pascalCase(type),
    summary,
    body: z
      .strictObject({ type: z.literal(type), timestamp: time.describe("when it happened"), data })
      .meta({ id: `${pascalCase(type)}Event`, description: summary }),
  }),
);

/** A message of the WebSocket: any of the events, with its id. */
export const eventMessage = z
  .union(
    DESCRIBED_EVENTS.map(({ body }) =>
      body.extend({ id: z.string().describe("where to resume: `?after=` or `Last-Event-ID`") }),
    ),
  )
  .meta({ id: "EventMessage", description: "One message of the WebSocket" });

/** `CallEnded` of `call.ended`. */
function pascalCase(type: string): string {
  return type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());
}
