import { insertVerification, type NewVerification } from "../../src/store/verifications.js";
import type { Store } from "../../src/store/store.js";
import { verificationRow } from "../support/verification-rows.js";

/** A verification that has ended a minute after it was registered, as its calls would have left it. */
export async function addEnded(
  store: Store,
  clientId: string,
  id: string,
  now: number,
  change: Partial<NewVerification> = {},
): Promise<number> {
  const ended = {
    ...({ status: "verified", completed_at: now + 60_000, next_attempt_at: null, code_hash: null } as const),
    ...{ code_entries: 1, attempts_made: 1 },
  };
  const row = await store.write((db) =>
    insertVerification(db, { ...verificationRow(store, clientId, id, now), ...ended, ...change }),
  );
  if (row === undefined) throw new Error(`there is a verification ${id} already`);
  return row.seq;
}
