import { z } from "zod";
import { timeSchema } from "../../representation/time.js";
import { DIRECTIONS } from "../../verification/request-terms.js";
import { ATTEMPT_OUTCOMES, FAILURE_REASONS, VERIFICATION_STATUSES } from "../../verification/status.js";
import { WAIT_REASONS } from "../../verification/wait-reason.js";

/** How far a call has come, in what we do and hear. */
const IN_CALL = ["placed", "arrived", "ringing", "answered", "speaking", "listening"] as const;

/** What was ruled on what a person keyed, or did not key. */
const VERDICTS = ["verified", "wrong", "failed", "barred", "closed"] as const;
export type LiveVerdict = (typeof VERDICTS)[number];

/** A call, or a verification that waits for its call. */
const liveCallSchema = z.strictObject({
  /** Stays the same while it waits, is called, and is called again. */
  key: z.string(),
  verification_id: z.string(),
  client: z.string(),
  /** Masked. */
  number: z.string(),
  direction: z.enum(DIRECTIONS),
  /** `queued`: no call has been placed yet, or the next is to be. */
  phase: z.enum(["queued", ...IN_CALL, "ended"]),
  /** Since when it is in this phase. */
  since: timeSchema,
  /** Of this call; while it waits, of the request. */
  started_at: timeSchema,
  waits_for: z.enum(WAIT_REASONS).nullable(),
  /** When the call is due that it waits for. */
  due_at: timeSchema.nullable(),
  /** So many have been keyed since something was said. */
  keys: z.int(),
  verdict: z.enum(VERDICTS).nullable(),
  tries_left: z.int().nullable(),
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  status: z.enum(VERIFICATION_STATUSES),
  reason: z.enum(FAILURE_REASONS).nullable(),
});
export type LiveCall = z.output<typeof liveCallSchema>;
export type LivePhase = LiveCall["phase"];

const linesSchema = z.strictObject({
  /** Outbound calls, which the trunk's maximum bounds. */
  in_use: z.int(),
  max: z.int(),
  /** Calls that wait, by what they wait for. */
  waiting: z.record(z.enum(WAIT_REASONS), z.int()),
});
export type LiveLines = z.output<typeof linesSchema>;

const healthSchema = z.strictObject({
  service: z.enum(["starting", "running", "stopping"]),
  /** `replaced`: another program has our application there. */
  asterisk: z.enum(["up", "down", "replaced"]),
  /** `none`: there is no trunk; `unregistered`: it wants no registration; `unknown`: nobody knows yet. */
  trunk: z.enum(["none", "unregistered", "registered", "refused", "unknown"]),
  /** Whether a commit goes through. */
  database: z.enum(["ok", "failing", "unknown"]),
  certificate_days_left: z.int(),
  disk: z.strictObject({ has_room: z.boolean(), free_bytes: z.number().nullable() }),
  webhooks: z.strictObject({ waiting: z.int(), given_up: z.int() }),
});
export type LiveHealth = z.output<typeof healthSchema>;

/** Something that happened on a call that is followed. */
const stepSchema = z.strictObject({
  at: timeSchema,
  what: z.enum([...IN_CALL, "keys", "ruled", "ended"]),
  /** How many keys. */
  keys: z.int().nullable(),
  verdict: z.enum(VERDICTS).nullable(),
  tries_left: z.int().nullable(),
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
});
export type LiveStep = z.output<typeof stepSchema>;

/** What the socket sends: all that there is, then what has changed; or, to who follows one verification, its call. */
export const liveMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("snapshot"),
    /** By the clock of the service, which may differ from that of the browser. */
    at: timeSchema,
    calls: z.array(liveCallSchema),
    lines: linesSchema,
    health: healthSchema,
  }),
  z.strictObject({
    type: z.literal("change"),
    /** New ones, and those that are otherwise than before. */
    calls: z.array(liveCallSchema),
    /** Keys of those that are there no more. */
    gone: z.array(z.string()),
    lines: linesSchema.optional(),
    health: healthSchema.optional(),
  }),
  z.strictObject({
    type: z.literal("followed"),
    call: liveCallSchema.nullable(),
    steps: z.array(stepSchema),
  }),
]);
export type LiveMessage = z.output<typeof liveMessageSchema>;
