import type { Kysely } from "kysely";
import { type DialLimits, limitsOfClient } from "../clients/call-limits.js";
import { insertAttempt } from "../store/attempts.js";
import { takeIntoProgress } from "./begin-call.js";
import { ofNode } from "../store/nodes.js";
import type { AttemptTable, Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import { findVerificationBySeq, type VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import type { E164 } from "../verification/phone-number.js";
import { isFinal } from "../verification/status.js";
import { admitMessage } from "./admit-message.js";
import { isDue } from "./begin-attempt.js";
import { composeMessage } from "./compose-message.js";
import { endVerification } from "./end-verification.js";
import { goOnOrFail, nextLeg } from "./next-leg.js";
import { numberStanding, reasonOfBlock } from "./number-standing.js";
import { renewCode } from "./renew-code.js";
import { countOfClient, type Held, lookAtClient } from "./shared-limits.js";

/** A message that is noted and may be handed over, once. */
interface BegunMessage {
  readonly kind: "begun";
  readonly verification: VerificationRow;
  readonly to: E164;
  readonly text: string;
  readonly expiresAt: number;
  /** Until when a gateway has to have taken it: after that the next leg begins. */
  readonly giveUpAt: number;
}

/**
 * Takes a verification that waits for a message into progress and notes the message, before a gateway is given it:
 * after a crash the note tells that it may have gone.
 *
 * @param mayBegin asked inside the transaction: a stop may have come meanwhile.
 * @returns undefined when none is to be sent: ended meanwhile, taken already, number blocked, a limit reached, stopped.
 * Held, where its client has begun as many within the minute, on all nodes together: due still.
 */
export function beginMessage(
  store: Store,
  seq: number,
  attemptId: string,
  limits: DialLimits,
  now: number,
  mayBegin: () => boolean = () => true,
): Promise<BegunMessage | Held | undefined> {
  const attempt = { id: attemptId, ...ofNode(store.node) };
  return store.write(async (db) => {
    const sharedNow = store.isShared ? store.now() : null;
    return mayBegin() ? begin(db, store.vault, seq, attempt, limits, now, sharedNow) : undefined;
  });
}

async function begin(
  db: Kysely<Schema>,
  vault: Vault,
  seq: number,
  attempt: Pick<AttemptTable, "id" | "node" | "node_epoch">,
  limits: DialLimits,
  now: number,
  sharedNow: number | null,
): Promise<BegunMessage | Held | undefined> {
  const found = await findVerificationBySeq(db, seq);
  if (found === undefined || isFinal(found.status) || !isDue(found, "sms", now)) return undefined;
  const { block } = await numberStanding(db, found.client_id, found.number_index, limits, now);
  if (block !== null) {
    await endVerification(db, vault, found, { status: "failed", reason: reasonOfBlock(block) }, now);
    return undefined;
  }
  const settings = await readClientSettings(db, found.client_id);
  const own = limitsOfClient(limits.calls, settings);
  const client = { clientId: found.client_id, channel: "sms", maxCalls: null } as const;
  if (sharedNow !== null) {
    const held = await lookAtClient(db, { ...client, perMinute: own.perMinute }, sharedNow);
    if (held !== null) return held;
  }
  const composed = await composeMessage(db, vault, found, own, now, settings);
  // A new code is as long as the one before.
  const { parts } = composed;
  const admission = await admitMessage(db, vault, found, parts, found.attempts_made === 0, own, now);
  if (admission.kind !== "admitted") {
    await goOnOrFail(db, vault, found, "over_capacity", now);
    return undefined;
  }
  if (sharedNow !== null) await countOfClient(db, client, sharedNow);
  const row = await renewCode(db, vault, found, settings);
  const { text } = row === found ? composed : await composeMessage(db, vault, row, own, now, settings);
  const verification = await takeIntoProgress(db, row, now);
  const about = { ...attempt, verification_seq: seq, direction: "outbound", channel: "sms" } as const;
  await insertAttempt(db, { ...about, started_at: now, parts, waits: 1, ...admission.charge });
  const to = vault.decipherNumber(row.number_cipher);
  const { expires_at: expiresAt } = row;
  const giveUpAt = nextLeg(row, now)?.at ?? expiresAt;
  return { kind: "begun", verification, to, text, expiresAt, giveUpAt };
}
