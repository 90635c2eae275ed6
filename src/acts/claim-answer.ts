import { count } from "../store/counters.js";
import type { Store } from "../store/store.js";

/**
 * Takes the one answer that something may be given, on whichever node; kept until it is of no use any more.
 *
 * @param until epoch milliseconds.
 * @returns whether it is the first.
 * @throws {StoreUnavailableError}
 */
export async function claimAnswer(store: Store, scope: string, to: string, until: number): Promise<boolean> {
  return (await store.write((db) => count(db, { scope, period: to }, 1, until))) === 1;
}
