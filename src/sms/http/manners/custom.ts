import { type Manner, USUALLY_REFUSED } from "./manner.js";

/** What is sent to a gateway of which nothing more was said. */
export const CUSTOM: Manner = {
  numberFormat: "e164",
  auth: "none",
  headers: {},
  bodyAs: "json",
  body: { to: "{to}", text: "{text}", from: "{sender}", id: "{id}" },
  idAt: "id",
  accepted: null,
  throttled: null,
  codeAt: "code",
  refusedStatuses: USUALLY_REFUSED,
  report: {
    listAt: null,
    idAt: "id",
    delivered: [{ at: "status", values: ["delivered"] }],
    undelivered: [{ at: "status", values: ["undelivered", "failed", "expired", "rejected"] }],
    codeAt: "code",
    signature: null,
  },
};
