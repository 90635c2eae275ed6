import { transactionContext } from "../store/sealed-transaction.js";
import type { Store } from "../store/store.js";
import { forgetTransactions, listSealedTransactions } from "../store/transactions.js";

/** Rows looked at at one time. */
const STRETCH = 2_000;

/**
 * Forgets payee and reference where one of them has a number in it, also of verifications of other numbers.
 *
 * @returns how many.
 */
export async function eraseTransactions(store: Store, names: (text: string) => boolean): Promise<number> {
  let mentions = 0;
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
    if (naming.length > 0) {
      const seqs = naming.map(({ seq }) => seq);
      await store.write((db) => forgetTransactions(db, seqs));
    }
    mentions += naming.length;
    after = rows.length < STRETCH ? undefined : rows.at(-1)?.seq;
  }
  return mentions;
}
