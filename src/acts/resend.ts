import type { Kysely } from "kysely";
import { type DialLimits, limitsOfClient } from "../clients/call-limits.js";
import { listAttempts } from "../store/attempts.js";
import { callGoesOn } from "../store/open-calls.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import { findVerification, type StoredVerification, type VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { legOf, readChain } from "../verification/chain.js";
import type { Channel } from "../verification/request-terms.js";
import { type FinalStatus, isFinal } from "../verification/status.js";
import { barOfUse, type CallBar, costOfLongestCall } from "./admit-call.js";
import { costOfMessage } from "./admit-message.js";
import { callsToNumber } from "./calls-to-number.js";
import { composeMessage } from "./compose-message.js";
import { makeDue } from "./next-leg.js";
import { numberStanding, type NumberStanding } from "./number-standing.js";

type Resending =
  /** It is due now. */
  | { readonly kind: "due"; readonly stored: StoredVerification }
  | { readonly kind: "unknown" }
  /** The code is keyed on the telephone, or there is none. */
  | { readonly kind: "not_applicable" }
  /** It was not registered for this channel. */
  | { readonly kind: "no_such_channel" }
  /** A call or a message is under way: never two at once. */
  | { readonly kind: "in_progress" }
  | { readonly kind: "ended"; readonly status: FinalStatus }
  | { readonly kind: "barred"; readonly bar: CallBar }
  | { readonly kind: "blocked"; readonly block: NonNullable<NumberStanding["block"]> };

/** Has the code told at once, by a channel that the verification was registered for. */
export function resend(
  store: Store,
  clientId: string,
  id: string,
  channel: Channel,
  limits: DialLimits,
  now: number,
): Promise<Resending> {
  return store.write(async (db): Promise<Resending> => {
    const row = await findVerification(db, clientId, id);
    if (row === undefined) return { kind: "unknown" };
    if (row.method !== "spoken" || row.direction !== "outbound") return { kind: "not_applicable" };
    if (isFinal(row.status)) return { kind: "ended", status: row.status };
    // The keeper of deadlines writes it in a moment.
    if (row.expires_at <= now) return { kind: "ended", status: "expired" };
    const from = row.next_attempt_at === null ? row.leg + 1 : row.leg;
    const leg = legOf(readChain(row.chain, row.channel), from, channel);
    if (leg === undefined) return { kind: "no_such_channel" };
    if (await callGoesOn(db, row.seq)) return { kind: "in_progress" };
    const { block } = await numberStanding(db, clientId, row.number_index, limits, now);
    if (block !== null) return { kind: "blocked", block };
    const bar = await barToResend(db, store.vault, row, channel, limits, now);
    if (bar !== null) return { kind: "barred", bar };
    await makeDue(db, row, { leg, channel, at: now }, now);
    const verification = (await findVerification(db, clientId, id)) ?? row;
    return { kind: "due", stored: { verification, attempts: await listAttempts(db, row.seq) } };
  });
}

/** What would keep it from being sent, told while somebody still listens; it is looked at again as it begins. */
async function barToResend(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  channel: Channel,
  limits: DialLimits,
  now: number,
): Promise<CallBar | null> {
  const settings = await readClientSettings(db, row.client_id);
  const own = limitsOfClient(limits.calls, settings);
  const { retryAt } = await callsToNumber(db, row.number_index, own.perNumberPerHour, false, now);
  const cost =
    channel === "voice"
      ? costOfLongestCall(row, own)
      : costOfMessage((await composeMessage(db, vault, row, own, now, settings)).parts, own);
  return barOfUse(db, vault, row, { retryAt, cost }, own, now);
}
