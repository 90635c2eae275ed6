import type { SendOutcome } from "../sms/sms-sender.js";
import type { MessageAnswer } from "../store/messages.js";

/** What the gateways said, as it is kept. */
export function answerOf(outcome: Exclude<SendOutcome, { kind: "withdrawn" }>): MessageAnswer {
  const { gateway } = outcome;
  switch (outcome.kind) {
    case "accepted":
      return { outcome: "sent", gateway, reference: outcome.reference, error: null };
    case "refused":
      return { outcome: "failed", gateway, reference: null, error: outcome.code };
    case "unknown":
      return { outcome: "unknown", gateway, reference: null, error: outcome.code };
  }
}

/** Of a message that nobody wanted any more before a gateway had it. */
export const WITHDRAWN: MessageAnswer = { outcome: "canceled", gateway: null, reference: null, error: null };
