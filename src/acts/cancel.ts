import type { Kysely } from "kysely";
import { hint } from "../store/hints.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { findVerification, readVerification, type StoredVerification } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { isFinal } from "../verification/status.js";
import { endVerification } from "./end-verification.js";

export type Cancellation =
  { readonly kind: "canceled" | "ended"; readonly stored: StoredVerification } | { readonly kind: "unknown" };

/** Cancels an open verification; whoever is on the telephone for it is told to hang up. */
export function cancel(store: Store, clientId: string, id: string, now: number): Promise<Cancellation> {
  return store.write((db) => cancelWithin(db, store.vault, clientId, id, now));
}

/** The same within the caller's transaction. */
export async function cancelWithin(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  id: string,
  now: number,
): Promise<Cancellation> {
  const before = await findVerification(db, clientId, id);
  if (before === undefined) return { kind: "unknown" };
  const open = !isFinal(before.status);
  if (open) {
    await endVerification(db, vault, before, { status: "canceled" }, now);
    hint(db, "ended", before.seq, "canceled");
  }
  const stored = (await readVerification(db, clientId, id)) ?? { verification: before, attempts: [] };
  return { kind: open ? "canceled" : "ended", stored };
}
