import { z } from "zod";

/** What the API answers, as schemas: the OpenAPI document and the contract tests are made from them. */

export const time = z.iso.datetime().describe("RFC 3339, UTC");
const outcome = z.enum(["answered", "no_answer", "busy", "rejected", "unreachable", "canceled", "failed"]);
const reason = z.enum([
  "wrong_code",
  "no_input",
  "hung_up",
  "no_answer",
  "busy",
  "rejected",
  "unreachable",
  "invalid_number",
  "fraud_reported",
  "over_capacity",
  "service_unavailable",
]);

export const callerEvidence = z.strictObject({
  from: z
    .string()
    .nullable()
    .describe("`unreadable`: it was there and could not be read; so with the next and privacy"),
  p_asserted_identity: z.string().nullable(),
  agree: z.boolean().nullable().describe("whether both name the same number"),
  privacy: z.string().nullable(),
  trunk: z.string(),
  stir_shaken: z.string().nullable().describe("the verdict on the number, by the trunk's own word"),
  withheld_reason: z
    .enum(["caller", "payphone", "unavailable", "other_service"])
    .nullable()
    .describe("why the network tells no number; null when it is not withheld"),
});

const attemptFields = z.strictObject({
  id: z.string(),
  direction: z.enum(["outbound", "inbound"]),
  started_at: time,
  ringing_at: time.nullable(),
  answered_at: time.nullable(),
  ended_at: time.nullable(),
  outcome: outcome.nullable().describe("how the telephone call ended; null while it lasts"),
  sip_status: z
    .int()
    .nullable()
    .describe("the trunk's final answer to an INVITE that failed; null of a call that was answered"),
  q850_cause: z
    .int()
    .nullable()
    .describe("ITU-T Q.850 cause, as the network gave it with its refusal or BYE"),
  note: z
    .enum(["keys_in_unknown_payload", "keys_from_stranger"])
    .nullable()
    .describe(
      "what an operator can act on: nobody heard keys, which came by an RTP payload number that was not agreed upon; or keys did not count that came from another address than the peer's, which sent no voice",
    ),
  caller_evidence: callerEvidence.nullable().describe("inbound: what the network said of the caller"),
});

export const attempt = attemptFields.meta({ id: "Attempt", description: "A telephone call / 通話" });

const verificationFields = z.strictObject({
  id: z.string(),
  status: z.enum(["pending", "in_progress", "verified", "failed", "expired", "canceled"]),
  reason: reason.nullable().describe("why it failed; null otherwise"),
  phone_number: z.string().describe("E.164"),
  line_type: z.enum(["mobile", "fixed", "ip", "unknown"]),
  direction: z.enum(["outbound", "inbound"]),
  channel: z.enum(["voice", "sms"]),
  method: z.enum(["keypad", "spoken", "caller_id"]),
  locale: z.enum(["ja", "en"]),
  call_to: z.string().nullable().describe("inbound: the number to call"),
  enrollment_id: z.string().nullable().describe("the enrolment by which a call made it"),
  expires_at: time,
  created_at: time,
  completed_at: time.nullable(),
  code_entries: z.int(),
  attempts: z.array(attempt),
  metadata: z.record(z.string(), z.string()),
});

export const verificationResponse = verificationFields.meta({
  id: "Verification",
  description: "A verification, as it stands / 認証の状態",
});

/** The only answer in which a code is. */
export const registeredResponse = verificationFields
  .extend({ code: z.string().optional().describe("only for keypad, only when issued here") })
  .meta({
    id: "RegisteredVerification",
    description: "A verification that was just registered / 登録した認証",
  });

export const listResponse = z
  .strictObject({
    data: z.array(verificationResponse),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "VerificationList", description: "Verifications, newest first / 認証の一覧" });

export const statementResponse = z
  .strictObject({
    month: z.string(),
    currency: z.literal("JPY"),
    lines: z.array(
      z.strictObject({
        service: z.enum(["inbound", "outbound", "sms"]),
        item: z.enum(["base", "included", "unit"]),
        line_type: z.enum(["mobile", "fixed", "ip", "unknown"]).nullable(),
        units: z.int(),
        seconds: z.int().nullable(),
        price: z.number().describe("yen a unit"),
        amount: z.number().describe("yen"),
      }),
    ),
    total: z.number().describe("yen"),
  })
  .meta({ id: "UsageStatement", description: "Usage of a month / 月の利用明細" });

export const problemResponse = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("stable; rely on this"),
    detail: z.string(),
    errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "A refusal, RFC 9457 / エラー" });
