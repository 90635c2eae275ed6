import { type Manner, USUALLY_REFUSED } from "./manner.js";

/**
 * Karaden SMS API, as its public documentation has it (prg-support.karaden.jp, November 2026): 「SMS送信」「SMS API共通仕様」
 * 「SMS送信結果返信(コールバック)」. Numbers of 11 digits, a token as bearer, a version in a header. `url` has the tenant's
 * id; `sender` is the id of the service's settings (`service_id`), where the URL of reports is entered as well, with
 * `report_token` in it.
 */
export const KARADEN: Manner = {
  numberFormat: "national",
  auth: "bearer",
  headers: { "Karaden-Version": "2023-01-01" },
  bodyAs: "form",
  body: { service_id: "{sender}", to: "{to}", body: "{text}", limited_at: "{expires_at}" },
  idAt: "id",
  accepted: null,
  throttled: null,
  codeAt: "error.code",
  refusedStatuses: USUALLY_REFUSED,
  report: {
    listAt: null,
    idAt: "id",
    delivered: [{ at: "sent_result", values: ["received"] }],
    undelivered: [
      { at: "sent_result", values: ["unconnected", "error"] },
      { at: "status", values: ["error", "canceled"] },
    ],
    codeAt: "sent_result",
    signature: null,
  },
};
