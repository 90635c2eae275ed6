import { transactionContext } from "../store/sealed-transaction.js";
import type { Store } from "../store/store.js";
import { isFinal } from "../verification/status.js";
import { forgetTransactions, listSealedTransactions } from "../store/transactions.js";

/** Rows looked at at one time. */
const STRETCH = 2_000;

/**
 * Forgets payee and reference where one of them has a number in it, also of verifications of other numbers. Those that
 * have not ended keep them: a call may be about to say them.
 *
 * @returns how many were forgotten, and whether one is left that has not ended.
 */
export async function eraseTransactions(
  store: Store,
  names: (text: string) => boolean,
): Promise<{ mentions: number; open: boolean }> {
  let mentions = 0;
  let open = false;
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: Awaited<ReturnType<typeof listSealedTransactions>> = await listSealedTransactions(
      store.read,
      { after, limit: STRETCH },
    );
    const naming = rows.filter(
      ({ transaction_cipher: sealed, request_hash }) =>
        sealed !== null &&
        names(store.vault.unseal(sealed, transactionContext({ request_hash })).toString("utf8")),
    );
    const seqs = naming.flatMap(({ seq, status }) => (isFinal(status) ? [seq] : []));
    if (seqs.length > 0) await store.write((db) => forgetTransactions(db, seqs));
    mentions += seqs.length;
    open ||= seqs.length < naming.length;
    after = rows.length < STRETCH ? undefined : rows.at(-1)?.seq;
  }
  return { mentions, open };
}
