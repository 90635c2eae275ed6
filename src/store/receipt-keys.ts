import type { Kysely, Selectable } from "kysely";
import type { Vault } from "../vault/vault.js";
import { findMeta, insertMeta, putMeta } from "./meta.js";
import type { ReceiptKeyTable } from "./receipt-key-schema.js";
import type { Schema } from "./schema.js";

export type ReceiptKeyRow = Selectable<ReceiptKeyTable>;

const ISSUER = "receipt_issuer";
const TURNED = "receipt_keys_turned";

/** All there ever were, a handful a year, in the order in which they sign. */
export function listReceiptKeys(db: Kysely<Schema>): Promise<ReceiptKeyRow[]> {
  return db.selectFrom("receipt_keys").selectAll().orderBy("signs_from").orderBy("created_at").execute();
}

export async function insertReceiptKey(db: Kysely<Schema>, row: ReceiptKeyRow): Promise<void> {
  await db.insertInto("receipt_keys").values(row).execute();
}

export async function changeReceiptKey(
  db: Kysely<Schema>,
  kid: string,
  change: Partial<Pick<ReceiptKeyRow, "signs_from" | "retired_at" | "revoked_at" | "private_cipher">>,
): Promise<void> {
  await db.updateTable("receipt_keys").set(change).where("kid", "=", kid).execute();
}

/**
 * Until the transaction ends nobody else changes the keys: whoever writes this row at the same time waits, also in a
 * database in which others write.
 */
export async function holdReceiptKeys(db: Kysely<Schema>, now: number): Promise<void> {
  await putMeta(db, TURNED, String(now));
}

/** What this installation calls itself; undefined: it has made no key yet. */
export function findReceiptIssuer(db: Kysely<Schema>): Promise<string | undefined> {
  return findMeta(db, ISSUER);
}

export function nameReceiptIssuer(db: Kysely<Schema>, issuer: string): Promise<void> {
  return insertMeta(db, ISSUER, issuer);
}

/** The private part under another data key. */
export async function resealReceiptKeys(
  db: Kysely<Schema>,
  { from, to }: { readonly from: Vault; readonly to: Vault },
): Promise<void> {
  for (const { kid, private_cipher: sealed } of await listReceiptKeys(db)) {
    if (sealed === null) continue;
    const context = receiptKeyContext(kid);
    await changeReceiptKey(db, kid, { private_cipher: to.seal(from.unseal(sealed, context), context) });
  }
}

/** What the ciphertext of a private part is bound to. */
export function receiptKeyContext(kid: string): string {
  return `receipt key ${kid}`;
}
