import { nextKey, signingKey } from "../../acts/receipt-keys.js";
import { listReceiptKeys, receiptKeyContext, type ReceiptKeyRow } from "../../store/receipt-keys.js";
import type { Store } from "../../store/store.js";
import { VaultError } from "../../vault/vault.js";
import { type FoundIn, group } from "./finding.js";
import { RECEIPTS_FINDINGS } from "./receipts-findings.js";

/** Whether receipts can be signed, now and by the next key. */
export const receiptsGroup = group(
  { ja: "認証証明", en: "Receipts" },
  RECEIPTS_FINDINGS,
  async ({ store, now }) => {
    if (store === null) return [];
    const keys = await listReceiptKeys(store.read);
    return [signingKey(keys, now), nextKey(keys, now)].flatMap((key) =>
      key === undefined || opens(store, key)
        ? []
        : [{ id: "receipt-key-unusable", seen: key.kid } satisfies FoundIn<typeof RECEIPTS_FINDINGS>],
    );
  },
);

function opens({ vault }: Store, { kid, private_cipher: sealed }: ReceiptKeyRow): boolean {
  if (sealed === null) return false;
  try {
    vault.unseal(sealed, receiptKeyContext(kid));
    return true;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}
