import { time } from "../representation/time.js";
import { listClients } from "../store/clients.js";
import type { Store } from "../store/store.js";
import { listEventsOf } from "../store/verification-events.js";
import { readVerification } from "../store/verifications.js";
import { findWebhook } from "../store/webhooks.js";
import type { VerificationTold } from "./contract/verifications.js";
import { inShort, maskedMetadata, maskedTransaction, toldCall, toldEvent } from "./told-verification.js";

/** A verification with its calls, what was said and keyed on them, and its events; undefined: there is none. */
export async function tellVerification(
  { read, vault }: Pick<Store, "read" | "vault">,
  clientId: string,
  id: string,
): Promise<VerificationTold | undefined> {
  const stored = await readVerification(read, clientId, id);
  if (stored === undefined) return undefined;
  const { verification: row, attempts } = stored;
  const clients = await listClients(read);
  const events = await listEventsOf(read, row.seq);
  const hook = await findWebhook(read, clientId);
  return {
    ...inShort(row, new Map(clients.map((one) => [one.id, one.name])), vault),
    line_type: row.line_type,
    locale: row.locale,
    call_to: row.did,
    enrollment_id: row.enrollment_id,
    expires_at: time(row.expires_at),
    code_entries: row.code_entries,
    max_code_entries: row.max_code_entries,
    max_call_attempts: row.max_call_attempts,
    transaction: maskedTransaction(row, vault),
    metadata: maskedMetadata(row),
    calls: attempts.map((attempt) => toldCall(attempt, vault)),
    events: events.map(toldEvent),
    webhook: hook?.disabled_at === null,
  };
}
