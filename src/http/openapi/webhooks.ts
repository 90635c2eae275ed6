import type { Components } from "./components.js";
import { DESCRIBED_EVENTS } from "./event-messages.js";
import { WEBHOOK_BODIES } from "./examples.js";
import type { Json } from "./operation.js";

/** Headers of every webhook, by Standard Webhooks 1.0.0. */
const PARAMETERS: readonly Json[] = [
  {
    name: "webhook-id",
    in: "header",
    required: true,
    description: "The event's id: one that came before is a repetition / イベントの id(再送でも同じ)",
    schema: { type: "string", pattern: "^evt_" },
  },
  {
    name: "webhook-timestamp",
    in: "header",
    required: true,
    description: "When it was sent, seconds since 1970 / 送信時刻(UNIX 秒)",
    schema: { type: "string", pattern: "^\\d+$" },
  },
  {
    name: "webhook-signature",
    in: "header",
    required: true,
    description:
      "Signatures, parted by blanks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` / 署名(空白区切り)",
    schema: { type: "string", pattern: "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$" },
  },
];

const RESPONSES: Json = {
  "2XX": { description: "Received, within 15 s / 受領(15 秒以内)" },
  "410": { description: "Disables the webhook / 以後の送信を止める" },
  default: { description: "Tried again, ten times in all / 再送される(計 10 回)" },
};

/** The `webhooks` section of OpenAPI 3.1: what is sent to a client's own server, by event type. */
export function describeWebhooks(components: Components): Json {
  return Object.fromEntries(
    DESCRIBED_EVENTS.map(({ type, name, summary, body }) => [
      type,
      {
        post: {
          operationId: `on${name}`,
          summary,
          tags: ["events"],
          // Its signature takes the place of a key.
          security: [],
          parameters: PARAMETERS,
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: components.refer(body, "output"),
                ...(WEBHOOK_BODIES[type] === undefined ? {} : { example: WEBHOOK_BODIES[type] }),
              },
            },
          },
          responses: RESPONSES,
        },
      },
    ]),
  );
}
