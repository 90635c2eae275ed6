import { readSettings } from "../clients/client-settings.js";
import { listClientsByNumber } from "../store/clients-by-number.js";
import { findMeta, insertMeta } from "../store/meta.js";
import type { Store } from "../store/store.js";
import { DAY_MS } from "../verification/durations.js";

/** Noted once the administrator was told that From alone proves a number no longer. */
const TOLD = "told_of_asserted_by_default";
const RECENT_MS = 30 * DAY_MS;

/**
 * Names of the clients that have lived by the caller's number alone and have not said what they demand: members
 * enrolled without a PIN, or verifications by `caller_id` in the last 30 days. Until the upgrade From was enough.
 *
 * @param tell is called once in the life of a database, and not at all where it concerns nobody.
 */
export async function tellOfAssertedByDefault(
  store: Store,
  tell: (clients: readonly string[]) => void,
  now: number,
): Promise<void> {
  if ((await findMeta(store.read, TOLD)) !== undefined) return;
  const byNumber = await listClientsByNumber(store.read, now - RECENT_MS, now);
  const clients = byNumber.filter(({ settings }) => demandsNothingOfItsOwn(settings)).map(({ name }) => name);
  if (clients.length > 0) tell(clients);
  await store.write((db) => insertMeta(db, TOLD, new Date(now).toISOString()));
}

/** Also of settings that are not understood: they are told of wherever they are needed, and stop no start. */
function demandsNothingOfItsOwn(settings: string | null): boolean {
  try {
    return readSettings(settings).demand_evidence === null;
  } catch {
    return true;
  }
}
