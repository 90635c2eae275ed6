/** What a client is told of; DESIGN section 3. */
export const EVENT_TYPES = [
  "verification.created",
  "call.started",
  "call.ringing",
  "call.answered",
  "call.ended",
  "message.sent",
  "message.delivered",
  "message.failed",
  "verification.verified",
  "verification.failed",
  "verification.expired",
  "verification.canceled",
  "inbound.unmatched",
  "enrollment.pin_locked",
  "budget.threshold",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
