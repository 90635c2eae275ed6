import { type Manner, USUALLY_REFUSED } from "./manner.js";

/**
 * Twilio Programmable Messaging, as its public documentation has it (twilio.com/docs, November 2026): "Messages
 * resource", "Track the Message Status of Outbound Messages", error 90007 (validity of 1 to 36,000 s), "Security".
 * `url`: https://api.twilio.com/2010-04-01/Accounts/{username}/Messages.json, user and password: Account SID and Auth
 * Token, which also signs its reports.
 */
export const TWILIO: Manner = {
  numberFormat: "e164",
  auth: "basic",
  headers: {},
  bodyAs: "form",
  body: {
    To: "{to}",
    From: "{sender}",
    Body: "{text}",
    ValidityPeriod: "{validity_seconds}",
    StatusCallback: "{report_url}",
  },
  idAt: "sid",
  accepted: null,
  throttled: null,
  codeAt: "code",
  refusedStatuses: USUALLY_REFUSED,
  report: {
    listAt: null,
    idAt: "MessageSid",
    delivered: [{ at: "MessageStatus", values: ["delivered"] }],
    undelivered: [{ at: "MessageStatus", values: ["undelivered", "failed", "canceled"] }],
    codeAt: "ErrorCode",
    signature: "twilio",
  },
};
