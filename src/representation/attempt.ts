import { z } from "zod";
import type { AttemptRow } from "../store/attempts.js";
import { openEvidence } from "../store/sealed-columns.js";
import type { Vault } from "../vault/vault.js";
import { ATTEMPT_NOTES } from "../verification/attempt-note.js";
import { CHANNELS, DIRECTIONS } from "../verification/request-terms.js";
import { ATTEMPT_OUTCOMES } from "../verification/status.js";
import { WITHHELD_REASONS } from "../verification/withheld-reason.js";
import { time, timeSchema } from "./time.js";

export const callerEvidenceSchema = z.strictObject({
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
    .enum(WITHHELD_REASONS)
    .nullable()
    .describe("why the network tells no number; null when it is not withheld"),
});

export const attemptSchema = z
  .strictObject({
    id: z.string(),
    channel: z.enum(CHANNELS).describe("a call or a message"),
    direction: z.enum(DIRECTIONS),
    started_at: timeSchema,
    ringing_at: timeSchema.nullable(),
    answered_at: timeSchema.nullable(),
    ended_at: timeSchema.nullable(),
    trunk: z
      .string()
      .nullable()
      .describe("which trunk carried it; the last one, where the first could not; null: a test telephone"),
    outcome: z
      .enum(ATTEMPT_OUTCOMES)
      .nullable()
      .describe("how the call ended, or what became of the message; null while it lasts"),
    sip_status: z
      .int()
      .nullable()
      .describe("the trunk's final answer to an INVITE that failed; null of a call that was answered"),
    q850_cause: z
      .int()
      .nullable()
      .describe("ITU-T Q.850 cause, as the network gave it with its refusal or BYE"),
    note: z
      .enum(ATTEMPT_NOTES)
      .nullable()
      .describe(
        "what an operator can act on: nobody heard keys, which came by an RTP payload number that was not agreed upon; or keys did not count that came from another address than the peer's, which sent no voice",
      ),
    caller_evidence: callerEvidenceSchema.nullable().describe("inbound: what the network said of the caller"),
    gateway: z
      .string()
      .nullable()
      .describe("of a message: the gateway that took it, or the last that refused it"),
    gateway_error: z.string().nullable().describe("of a message: the gateway's word for what went wrong"),
    parts: z.int().nullable().describe("of a message: how many SMS carry it"),
    delivered_at: timeSchema.nullable().describe("of a message: when its delivery was reported"),
  })
  .meta({ id: "Attempt", description: "A telephone call or a message / 通話またはメッセージ" });

/** A call or a message as the API returns it, DESIGN section 3. */
export function presentAttempt(attempt: AttemptRow, vault: Vault): z.output<typeof attemptSchema> {
  return {
    id: attempt.id,
    channel: attempt.channel,
    direction: attempt.direction,
    started_at: time(attempt.started_at),
    ringing_at: time(attempt.ringing_at),
    answered_at: time(attempt.answered_at),
    ended_at: time(attempt.ended_at),
    trunk: attempt.trunk,
    outcome: attempt.outcome,
    sip_status: attempt.sip_status,
    q850_cause: attempt.q850_cause,
    note: attempt.note,
    caller_evidence: openEvidence(vault, attempt),
    gateway: attempt.gateway,
    gateway_error: attempt.gateway_error,
    parts: attempt.parts,
    delivered_at: time(attempt.delivered_at),
  };
}
