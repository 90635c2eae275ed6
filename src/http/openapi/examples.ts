import type { Json } from "./operation.js";

const CALL: Json = {
  id: "a1bce61d-fd2d-4b9d-b8dd-d8e6273ae2a3",
  channel: "voice",
  direction: "outbound",
  started_at: "2026-11-23T13:17:41.285Z",
  ringing_at: "2026-11-23T13:17:41.292Z",
  answered_at: "2026-11-23T13:17:41.347Z",
  ended_at: "2026-11-23T13:17:56.017Z",
  trunk: "trunk",
  outcome: "answered",
  sip_status: null,
  q850_cause: 16,
  note: null,
  caller_evidence: null,
  gateway: null,
  gateway_error: null,
  parts: null,
  delivered_at: null,
};

const MESSAGE: Json = {
  id: "019ab9c2-1d1a-7e7e-8d3c-3c1f6a5b9e21",
  channel: "sms",
  direction: "outbound",
  started_at: "2026-11-23T13:17:41.285Z",
  ringing_at: null,
  answered_at: null,
  ended_at: "2026-11-23T13:17:41.620Z",
  trunk: null,
  outcome: "delivered",
  sip_status: null,
  q850_cause: null,
  note: null,
  caller_evidence: null,
  gateway: "main",
  gateway_error: null,
  parts: 1,
  delivered_at: "2026-11-23T13:17:44.102Z",
};

/** A verification of which nothing has happened yet. */
export const REGISTERED: Json = {
  id: "reissue-1",
  status: "pending",
  reason: null,
  phone_number: "+819012345678",
  line_type: "mobile",
  direction: "outbound",
  channel: "voice",
  channels: [{ channel: "voice", seconds: null }],
  next: { channel: "voice", at: "2026-11-23T13:17:41.281Z" },
  method: "keypad",
  locale: "ja",
  call_to: null,
  enrollment_id: null,
  expires_at: "2026-11-23T13:22:41.281Z",
  created_at: "2026-11-23T13:17:41.281Z",
  completed_at: null,
  code_entries: 0,
  attempts: [],
  transaction: null,
  metadata: {},
};

/** A verification right after it was registered without a code. */
export const ISSUED: Json = { ...REGISTERED, code: "425026" };

/** The same once the right code was keyed. */
export const ENDED: Json = {
  ...REGISTERED,
  status: "verified",
  next: null,
  completed_at: "2026-11-23T13:17:45.730Z",
  code_entries: 1,
  attempts: [CALL],
};

/** Cut short: a real one is four times as long. */
export const RECEIPT: Json = {
  receipt: "eyJhbGciOiJFZERTQSIsImtpZCI6Ij….eyJpc3MiOiJ1cm46dXVpZDo….c2lnbmF0dXJl…",
};

export const ENROLLED: Json = {
  id: "member-1",
  phone_number: "+819012345678",
  line_type: "mobile",
  dids: null,
  has_pin: false,
  pin_locked: null,
  locale: "ja",
  expires_at: null,
  created_at: "2026-11-23T13:17:41.281Z",
  metadata: {},
  last_used_at: null,
};

/** Bodies of webhooks by event type; types that look alike are shown once. */
export const WEBHOOK_BODIES: Readonly<Record<string, Json>> = {
  "verification.created": {
    type: "verification.created",
    timestamp: "2026-11-23T13:17:41.281Z",
    data: REGISTERED,
  },
  "call.ended": {
    type: "call.ended",
    timestamp: "2026-11-23T13:17:56.017Z",
    data: { verification_id: "reissue-1", attempt: CALL },
  },
  "message.delivered": {
    type: "message.delivered",
    timestamp: "2026-11-23T13:17:44.102Z",
    data: { verification_id: "reissue-1", attempt: MESSAGE },
  },
  "verification.verified": {
    type: "verification.verified",
    timestamp: "2026-11-23T13:17:45.730Z",
    data: ENDED,
  },
  "enrollment.pin_locked": {
    type: "enrollment.pin_locked",
    timestamp: "2026-11-23T13:17:56.017Z",
    data: { ...ENROLLED, has_pin: true, pin_locked: "unproved_callers" },
  },
  "budget.threshold": {
    type: "budget.threshold",
    timestamp: "2026-11-23T13:17:41.283Z",
    data: { period: "day", of: "2026-11-23", percent: 80, budget_yen: 50_000, spent_yen: 40_010.5 },
  },
};

/** A message of the WebSocket. */
export const EVENT_MESSAGE: Json = {
  id: "evt_2b7c8a0e-6c0b-4a2e-9d0c-6a1f5f2f6f11",
  ...WEBHOOK_BODIES["call.ended"],
};

export const STATEMENT: Json = {
  month: "2026-11",
  currency: "JPY",
  lines: [
    {
      service: "outbound",
      item: "base",
      line_type: null,
      units: 1,
      seconds: null,
      price: 60000,
      amount: 60000,
    },
    {
      service: "outbound",
      item: "included",
      line_type: "mobile",
      units: 12,
      seconds: 214,
      price: 0,
      amount: 0,
    },
  ],
  total: 60000,
};
