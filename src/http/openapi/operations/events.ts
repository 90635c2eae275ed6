import { eventMessage } from "../event-messages.js";
import { EVENT_MESSAGE } from "../examples.js";
import type { Json, Operation } from "../operation.js";

const resumeAfter = (name: string, where: "query" | "header"): Json => ({
  name,
  in: where,
  required: false,
  description:
    "tell everything after this event; without it, what happens from now on / この id より後のイベントから再開",
  schema: { type: "string", maxLength: 64 },
});

export const eventOperations: readonly Operation[] = [
  {
    path: "/v1/events",
    method: "get",
    id: "events",
    summary: "Live events of this client, over a WebSocket / イベントのリアルタイム配信(WebSocket)",
    description:
      "Opens a WebSocket (RFC 6455). Each message is the text of one `EventMessage`. An id that came before is a repetition: skip it. Not to be tried from this page: a browser cannot send the API key with a WebSocket. / メッセージは 1 件ずつ `EventMessage` の JSON です。ブラウザーの WebSocket は API キーを送れないため、このページからは試せません。",
    parameters: [resumeAfter("after", "query"), resumeAfter("Last-Event-ID", "header")],
    answers: {
      101: [
        "The WebSocket is open; each of its messages is one of these / 接続完了。以後のメッセージの形式",
        eventMessage,
        { headers: ["Upgrade"], example: EVENT_MESSAGE },
      ],
    },
    problems: ["upgrade_required", "event_not_found", "too_many_streams"],
  },
];
