import type { Kysely } from "kysely";
import { type CallLimits, type DialLimits, limitsOfClient } from "../clients/call-limits.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { hint } from "../store/hints.js";
import { ofNode } from "../store/nodes.js";
import type { AttemptTable, Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import { findVerificationBySeq, updateVerification, type VerificationRow } from "../store/verifications.js";
import type { Turn } from "../turns.js";
import type { Vault } from "../vault/vault.js";
import type { Channel } from "../verification/request-terms.js";
import type { FailureReason } from "../verification/status.js";
import { isFinal } from "../verification/status.js";
import { admitCall } from "./admit-call.js";
import { beginCall } from "./begin-call.js";
import { numberStanding, reasonOfBlock } from "./number-standing.js";
import { endVerification } from "./end-verification.js";
import { goOnOrFail } from "./next-leg.js";
import { renewCode } from "./renew-code.js";
import {
  countOfClient,
  type Held,
  keepTurn,
  lookAtClient,
  lookAtTrunk,
  type TrunkShare,
} from "./shared-limits.js";

interface BeginOptions {
  /** By which it goes first; null: a test telephone. */
  readonly trunk?: TrunkShare | null;
  /** Asked inside the transaction: the commit may have had to wait, and a stop have come meanwhile. */
  readonly mayBegin?: () => boolean;
}

/** What became of a call that was due. */
export type BegunAttempt =
  | {
      readonly kind: "begun";
      readonly verification: VerificationRow;
      /** Its turn by its trunk, epoch milliseconds; null: this service keeps the trunk's pace by itself. */
      readonly turn: number | null;
    }
  /** Due still. */
  | Held
  /** No call is to be made: ended meanwhile, taken already, number blocked, a limit of its own reached, stopped. */
  | { readonly kind: "none" };

const NONE = { kind: "none" } as const;

/** A timer may be a moment early. */
const EARLY_MS = 50;

/** Whether something of this channel is to be begun now, and not something else, or later. */
export function isDue(row: VerificationRow, channel: Channel, now: number): boolean {
  const { next_attempt_at: at, next_channel, expires_at } = row;
  return at !== null && at <= now + EARLY_MS && next_channel === channel && expires_at > now;
}

/** When a call is looked at again whose number is in another call, milliseconds: another dialer's, which tells us nothing. */
const IN_CALL_MS = 2_000;

/**
 * Takes a verification that waits for a call into progress and notes the call, before it is placed:
 * after a crash the note tells which channel to look for.
 *
 * Where other nodes share the trunk and the client's limits, it is begun only if there is room among the calls of all
 * of them, and has its turn by the trunk reserved.
 */
export function beginAttempt(
  store: Store,
  seq: number,
  attemptId: string,
  limits: DialLimits,
  now: number,
  { trunk = null, mayBegin = () => true }: BeginOptions = {},
): Promise<BegunAttempt> {
  const attempt = { id: attemptId, trunk: trunk?.name ?? null, ...ofNode(store.node) };
  return store.write(async (db) => {
    if (!mayBegin()) return NONE;
    const shared = store.isShared ? { trunk, now: store.now() } : null;
    return begin(db, store.vault, seq, attempt, limits, now, shared);
  });
}

/** What it is to be counted with; null: nobody else is there. */
type Shared = { readonly trunk: TrunkShare | null; readonly now: number } | null;

async function begin(
  db: Kysely<Schema>,
  vault: Vault,
  seq: number,
  attempt: Pick<AttemptTable, "id" | "trunk" | "node" | "node_epoch">,
  limits: DialLimits,
  now: number,
  shared: Shared,
): Promise<BegunAttempt> {
  const row = await findVerificationBySeq(db, seq);
  if (row === undefined || isFinal(row.status) || !isDue(row, "voice", now)) return NONE;
  // Looked at again at each call: the block may be younger than the request.
  const { block } = await numberStanding(db, row.client_id, row.number_index, limits, now);
  if (block !== null) {
    await forgo(db, vault, row, reasonOfBlock(block), now, endVerificationAs);
    return NONE;
  }
  const settings = await readClientSettings(db, row.client_id);
  const own = limitsOfClient(limits.calls, settings);
  const place = shared && (await placeAmongAll(db, row, settings, own, shared));
  if (place?.kind === "held") return place;
  const first = row.direction === "outbound" && row.attempts_made === 0;
  const admission = await admitCall(db, vault, row, first, own, now);
  switch (admission.kind) {
    case "admitted": {
      const call = { ...attempt, direction: "outbound" as const, ...admission.charge };
      const verification = await beginCall(db, vault, await renewCode(db, vault, row, settings), call, now);
      if (shared) await countOfClient(db, { clientId: row.client_id, channel: "voice" }, shared.now);
      if (shared?.trunk && place?.turn) await keepTurn(db, shared.trunk, place.turn);
      return { kind: "begun", verification, turn: place?.turn?.at ?? null };
    }
    case "number_in_call":
      await updateVerification(db, row, { status: "pending", next_attempt_at: now + IN_CALL_MS }, now);
      hint(db, "call_due", seq, now + IN_CALL_MS);
      return NONE;
    case "too_many_calls_to_number":
    case "too_many_calls_to_prefix":
    case "budget_exhausted":
      await forgo(db, vault, row, "over_capacity", now);
      return NONE;
  }
}

/** Whether there is room for it among the calls of all nodes. @returns with its turn; null: it goes by no trunk. */
async function placeAmongAll(
  db: Kysely<Schema>,
  { client_id: clientId }: VerificationRow,
  { max_calls: maxCalls }: ClientSettings,
  { perMinute }: CallLimits,
  { trunk, now }: NonNullable<Shared>,
): Promise<Held | { readonly kind: "room"; readonly turn: Turn | null }> {
  const held = await lookAtClient(db, { clientId, channel: "voice", maxCalls, perMinute }, now);
  if (held !== null) return held;
  const turn = trunk && (await lookAtTrunk(db, trunk, now));
  return turn?.kind === "held" ? turn : { kind: "room", turn };
}

/**
 * Fails a verification for which no call could be placed at all. An inbound one, which was to be called
 * back, waits for the person to call again.
 */
export function failWithoutCall(
  store: Store,
  seq: number,
  reason: FailureReason,
  now: number,
): Promise<boolean> {
  return store.write(async (db) => {
    const row = await findVerificationBySeq(db, seq);
    // Taken meanwhile: in a call, which will tell its own end.
    if (row === undefined || row.next_attempt_at === null || row.next_channel !== "voice") return false;
    return forgo(db, store.vault, row, reason, now);
  });
}

const endVerificationAs: typeof goOnOrFail = (db, vault, row, reason, now) =>
  endVerification(db, vault, row, { status: "failed", reason }, now);

/**
 * No call is to be made. One that was to be a call back is not failed: the person may still call.
 *
 * @param instead what becomes of one that we were to make.
 * @returns whether that was the end of it.
 */
async function forgo(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  reason: FailureReason,
  now: number,
  instead = goOnOrFail,
): Promise<boolean> {
  if (row.direction === "outbound") return instead(db, vault, row, reason, now);
  await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
  return false;
}
