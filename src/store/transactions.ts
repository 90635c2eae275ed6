import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import type { VerificationRow } from "./verifications.js";

type Sealed = Pick<VerificationRow, "seq" | "status" | "request_hash"> & {
  readonly transaction_cipher: Buffer | null;
};

/** What verifications keep of payees and references, in the order of registration. */
export function listSealedTransactions(
  db: Kysely<Schema>,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Sealed[]> {
  return db
    .selectFrom("verifications")
    .select(["seq", "status", "request_hash", "transaction_cipher"])
    .where("seq", ">", after)
    .where("transaction_cipher", "is not", null)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

export async function forgetTransactions(db: Kysely<Schema>, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  await db.updateTable("verifications").set({ transaction_cipher: null }).where("seq", "in", seqs).execute();
}
