import { z } from "zod";
import { EVENT_DATA } from "../../representation/event-data.js";
import { timeSchema } from "../../representation/time.js";
import { EVENT_TYPES, type EventType } from "../../store/event-schema.js";

/** What the events tell: English / 日本語. */
const SUMMARIES: Readonly<Record<EventType, string>> = {
  "verification.created": "A verification was registered / 認証が登録された",
  "call.started": "A call was begun, or came in / 発信または着信した",
  "call.ringing": "It rings / 呼び出し中",
  "call.answered": "It was answered / 応答した",
  "call.ended": "The call ended / 通話が終わった",
  "message.sent": "A gateway has taken a message / SMS を事業者が受け付けた",
  "message.delivered": "A message has arrived at the telephone / SMS が届いた",
  "message.failed": "A message was not sent or did not arrive, or nobody knows / SMS の送信失敗・不達・不明",
  "verification.verified": "The person was verified / 認証に成功した",
  "verification.failed": "It failed, for the reason in `reason` / 認証に失敗した",
  "verification.expired": "Its deadline has passed / 有効期限が切れた",
  "verification.canceled": "It was canceled / 取り消された",
  "inbound.unmatched": "A call came in that nothing waited for / 該当する認証のない着信",
  "enrollment.pin_locked":
    "The PIN of an enrollment no longer counts: renew it / 暗証番号のロック(再設定が必要)",
  "budget.threshold": "Half, four fifths or all of a budget is spent / 予算の 50・80・100 % に達した",
};

export interface DescribedEvent {
  readonly type: string;
  /** The type as a name: `CallEnded`. */
  readonly name: string;
  readonly summary: string;
  /** Body of the webhook; the message of the WebSocket has its `id` too. */
  readonly body: z.ZodObject<z.ZodRawShape>;
}

export const DESCRIBED_EVENTS: readonly DescribedEvent[] = EVENT_TYPES.map((type) => {
  const [name, summary] = [pascalCase(type), SUMMARIES[type]];
  const timestamp = timeSchema.describe("when it happened");
  const body = z.strictObject({ type: z.literal(type), timestamp, data: EVENT_DATA[type] });
  return { type, name, summary, body: body.meta({ id: `${name}Event`, description: summary }) };
});

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
