import type { Vault } from "../vault/vault.js";
import type { Transaction } from "../verification/transaction.js";
import type { VerificationRow } from "./verifications.js";

/** By what the ciphertext is bound to its row: that stays when the row's own id is erased. */
type Owner = Pick<VerificationRow, "request_hash">;
type Columns = Pick<VerificationRow, "amount" | "currency" | "transaction_cipher">;

/** A transaction of which payee and reference may be forgotten. */
type KeptTransaction = Omit<Transaction, "payee" | "reference"> & {
  readonly payee: string | null;
  readonly reference: string | null;
};

/** As it is kept. */
export function transactionColumns(
  vault: Vault,
  owner: Owner,
  transaction: Transaction | null,
): Partial<Columns> {
  if (transaction === null) return {};
  const { amount, currency, payee, reference } = transaction;
  const named = Buffer.from(JSON.stringify({ payee, reference }), "utf8");
  return { amount, currency, transaction_cipher: vault.seal(named, transactionContext(owner)) };
}

/** The same again, with what is left of it; null: there is none. */
export function keptTransaction(vault: Vault, row: Owner & Columns): KeptTransaction | null {
  const { amount, currency, transaction_cipher: sealed } = row;
  if (amount === null || currency === null) return null;
  if (sealed === null) return { amount, currency, payee: null, reference: null };
  const named = vault.unseal(sealed, transactionContext(row)).toString("utf8");
  return { amount, currency, ...(JSON.parse(named) as Pick<Transaction, "payee" | "reference">) };
}

/** That of a verification which has not ended: nothing of it is forgotten before. @throws {Error} otherwise */
export function openTransaction(vault: Vault, row: Owner & Columns): Transaction | null {
  const kept = keptTransaction(vault, row);
  if (kept === null) return null;
  const { payee, reference } = kept;
  if (payee === null || reference === null) throw new Error("the transaction of an ended verification");
  return { ...kept, payee, reference };
}

export function transactionContext({ request_hash }: Owner): string {
  return `transaction/${request_hash.toString("hex")}`;
}
