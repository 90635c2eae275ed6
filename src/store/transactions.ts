import type { Kysely } from "kysely";
import type { Change } from "./reencipher.js";
import type { Schema } from "./schema.js";
import { transactionContext } from "./sealed-transaction.js";
import { ENDED, type VerificationRow } from "./verifications.js";

type Sealed = Pick<VerificationRow, "seq" | "request_hash"> & { readonly transaction_cipher: Buffer | null };

/** Rows read at one time. */
const PAGE = 1_000;

/** What ended verifications keep of payees and references, in the order of registration. */
export function listSealedTransactions(
  db: Kysely<Schema>,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Sealed[]> {
  return db
    .selectFrom("verifications")
    .select(["seq", "request_hash", "transaction_cipher"])
    .where("seq", ">", after)
    .where("status", "in", ENDED)
    .where("transaction_cipher", "is not", null)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

export async function forgetTransactions(db: Kysely<Schema>, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  await db.updateTable("verifications").set({ transaction_cipher: null }).where("seq", "in", seqs).execute();
}

/** Under another data key. None is open meanwhile. */
export async function resealTransactions(db: Kysely<Schema>, { from, to }: Change): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: Sealed[] = await listSealedTransactions(db, { after, limit: PAGE });
    for (const row of rows) {
      if (row.transaction_cipher === null) continue;
      const context = transactionContext(row);
      const transaction_cipher = to.seal(from.unseal(row.transaction_cipher, context), context);
      await db.updateTable("verifications").set({ transaction_cipher }).where("seq", "=", row.seq).execute();
    }
    after = rows.length < PAGE ? undefined : rows.at(-1)?.seq;
  }
}
