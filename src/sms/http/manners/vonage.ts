import { type Manner, USUALLY_REFUSED } from "./manner.js";

/**
 * Vonage SMS API, as its public documentation has it (developer.vonage.com, November 2026): "Troubleshooting SMS",
 * "API Errors", "Delivery Receipts". It answers 200 and says in `status` what became of each part; status 5 (internal
 * error) leaves open whether it went. `url`: https://rest.nexmo.com/sms/json, user and password: API key and secret.
 * Reports are to be set to POST there.
 */
export const VONAGE: Manner = {
  numberFormat: "e164_without_plus",
  auth: "none",
  headers: {},
  bodyAs: "form",
  body: {
    api_key: "{username}",
    api_secret: "{password}",
    to: "{to}",
    from: "{sender}",
    text: "{text}",
    type: "{alphabet}",
    ttl: "{validity_ms}",
    "client-ref": "{id}",
    callback: "{report_url}",
  },
  idAt: "messages.*.message-id",
  accepted: { at: "messages.*.status", values: ["0"] },
  throttled: { at: "messages.*.status", values: ["1"] },
  codeAt: "messages.*.status",
  refusedStatuses: USUALLY_REFUSED,
  report: {
    listAt: null,
    idAt: "messageId",
    delivered: [{ at: "status", values: ["delivered"] }],
    undelivered: [{ at: "status", values: ["expired", "failed", "rejected"] }],
    codeAt: "err-code",
    signature: null,
  },
};
