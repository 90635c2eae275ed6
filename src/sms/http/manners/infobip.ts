import { type Manner, USUALLY_REFUSED } from "./manner.js";

/**
 * Infobip SMS API v3, as its public documentation has it (infobip.com/docs, November 2026): "Send an SMS and get a
 * delivery report", "Message status codes". `url`: https://BASE.api.infobip.com/sms/3/messages with the base URL of the
 * account; `password`: the API key.
 */
export const INFOBIP: Manner = {
  numberFormat: "e164_without_plus",
  auth: "none",
  headers: { Authorization: "App {password}", Accept: "application/json" },
  bodyAs: "json",
  body: {
    messages: [
      {
        sender: "{sender}",
        destinations: [{ to: "{to}" }],
        content: { text: "{text}" },
        options: { validityPeriod: { amount: "{validity_seconds}", timeUnit: "SECONDS" } },
        webhooks: { delivery: { url: "{report_url}" } },
      },
    ],
  },
  idAt: "messages.0.messageId",
  accepted: { at: "messages.0.status.groupName", values: ["PENDING", "DELIVERED"] },
  throttled: null,
  codeAt: "messages.0.status.name",
  refusedStatuses: USUALLY_REFUSED,
  report: {
    listAt: "results",
    idAt: "messageId",
    delivered: [{ at: "status.groupName", values: ["DELIVERED"] }],
    undelivered: [{ at: "status.groupName", values: ["UNDELIVERABLE", "EXPIRED", "REJECTED"] }],
    codeAt: "error.name",
    signature: null,
  },
};
