import { canonicalTransaction, type Transaction } from "./transaction.js";

/**
 * What a code's hash is bound to: the client, its id of the verification, and the transaction that the code agrees to,
 * to the last digit; or, where the code is the
 * PIN of an enrollment, that enrollment, because the hash is made once and copied to each verification.
 */
export function codeSubject(
  row: {
    readonly client_id: string;
    readonly id: string;
    readonly enrollment_id?: string | null;
  },
  transaction: Transaction | null = null,
): string {
  if (typeof row.enrollment_id === "string") {
    return pinSubject({ client_id: row.client_id, id: row.enrollment_id });
  }
  const owner = `${row.client_id}/${row.id}`;
  // No id has a slash in it, so no code is ever that of a transaction by chance.
  return transaction === null ? owner : `${owner}/transaction/${canonicalTransaction(transaction)}`;
}

/** What a PIN's hash is bound to. Never equal to that of a code: no client's id is `enrollment`. */
export function pinSubject(enrollment: { readonly client_id: string; readonly id: string }): string {
  return `enrollment/${enrollment.client_id}/${enrollment.id}`;
}
