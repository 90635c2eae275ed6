import type { Kysely } from "kysely";
import type { Vault } from "../vault/vault.js";
import { compiled } from "./compiled.js";
import { findMeta, putMeta } from "./meta.js";
import type { Schema } from "./schema.js";

/** The last verification, in their order, that has been gone through. */
const UP_TO = "pseudonymized_up_to";

const mask = compiled((db, { seq, number_cipher }: { seq: number; number_cipher: Buffer }) =>
  db
    .updateTable("verifications")
    .set({ number_cipher, metadata: "{}", transaction_cipher: null })
    .where("seq", "=", seq),
);

/**
 * Takes from a batch of verifications that ended long ago what names a person: the number but for its mask, the
 * metadata, payee and reference of a transaction, what the network said of callers, and by what a gateway knows a
 * message. The keyed index stays, by which alone the number cannot be read, and by which it is found again when it is to be erased. All that a bill is made of stays too.
 *
 * They are gone through in the order in which they were registered, which is that of time; where the walk has come to
 * is kept, so nothing is looked at twice. It waits before one that is open.
 *
 * @param before epoch milliseconds; what was registered later stays as it is.
 * @returns how many that were; fewer than the limit: there are no more.
 */
export async function pseudonymizeVerifications(
  db: Kysely<Schema>,
  vault: Vault,
  before: number,
  limit: number,
): Promise<number> {
  const after = Number((await findMeta(db, UP_TO)) ?? "0");
  const next = await db
    .selectFrom("verifications")
    .select(["seq", "created_at", "completed_at", "number_cipher"])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const end = next.findIndex(({ created_at, completed_at }) => created_at >= before || completed_at === null);
  const old = end === -1 ? next : next.slice(0, end);
  const last = old.at(-1);
  if (last === undefined) return 0;
  for (const { seq, number_cipher } of old) {
    await mask(db, { seq, number_cipher: vault.maskNumber(number_cipher) });
  }
  await db
    .updateTable("attempts")
    .set({ caller_evidence: null, gateway_reference: null })
    .where(
      "verification_seq",
      "in",
      old.map(({ seq }) => seq),
    )
    .where((eb) => eb.or([eb("caller_evidence", "is not", null), eb("gateway_reference", "is not", null)]))
    .execute();
  await putMeta(db, UP_TO, String(last.seq));
  return old.length;
}
