import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Vault } from "../vault/vault.js";
import { evidenceContext, openCode, openFormerCode, sealCode } from "./sealed-columns.js";
import type { Schema } from "./schema.js";
import { transactionContext } from "./sealed-transaction.js";
import { OPEN } from "./verifications.js";
import { webhookContext } from "./webhooks.js";

/** From the old key to the new one. */
export interface Change {
  readonly from: Vault;
  readonly to: Vault;
  /** Whether the keyed index changes too: beside a running service it does not. */
  readonly newIndex: boolean;
}

/** What was made anew in one go. */
export interface Page {
  readonly rows: number;
  /** Where to go on; null: that was all. */
  readonly after: number | string | null;
}

/** Makes so many rows anew, after the one that is named; undefined: from the first on. */
export type Pages = (
  db: Kysely<Schema>,
  change: Change,
  after: number | string | undefined,
  limit: number,
) => Promise<Page>;

/**
 * Guards first, while a number can still be found by its old index: they have nothing but that. One whose number
 * nobody has any more (masked, deleted) cannot be found again under the new key, and is deleted.
 */
export async function reindexGuards(db: Kysely<Schema>, { from, to }: Change): Promise<{ lost: number }> {
  let lost = 0;
  const guards = await db.selectFrom("number_guards").select(["client_id", "number_index"]).execute();
  for (const { client_id, number_index } of guards) {
    const number = await numberOf(db, from, number_index);
    const guard = db.deleteFrom("number_guards").where("client_id", "=", client_id);
    if (number === undefined) {
      await guard.where("number_index", "=", number_index).execute();
      lost += 1;
    } else {
      await db
        .updateTable("number_guards")
        .set({ number_index: to.indexNumber(number) })
        .where("client_id", "=", client_id)
        .where("number_index", "=", number_index)
        .execute();
    }
  }
  return { lost };
}

async function numberOf(
  db: Kysely<Schema>,
  vault: Vault,
  index: Buffer,
): Promise<ReturnType<Vault["decipherNumber"]> | undefined> {
  for (const table of ["verifications", "enrollments"] as const) {
    const rows = await db
      .selectFrom(table)
      .select("number_cipher")
      .where("number_index", "=", index)
      .orderBy("seq", "desc")
      .limit(1)
      .execute();
    const number = rows[0] === undefined ? undefined : vault.decipherNumber(rows[0].number_cipher);
    if (number !== undefined && isWhole(number)) return number;
  }
  return undefined;
}

/** Neither masked nor erased. */
function isWhole(number: string): boolean {
  return /^\+\d+$/.test(number);
}

export const reencipherVerifications: Pages = async (db, change, after, limit) => {
  const rows = await db
    .selectFrom("verifications")
    .select(["seq", "number_cipher", "client_id", "id", "request_hash"])
    .select(["code_cipher", "former_code_cipher", "transaction_cipher"])
    .where("seq", ">", Number(after ?? 0))
    .orderBy("seq")
    .limit(limit)
    .execute();
  for (const row of rows) {
    const anew = (code: string | null): Buffer | null =>
      code === null ? null : sealCode(change.to, row, code);
    const context = transactionContext(row);
    const named = row.transaction_cipher;
    await db
      .updateTable("verifications")
      .set({
        ...numberAnew(row.number_cipher, change),
        code_cipher: anew(openCode(change.from, row)),
        former_code_cipher: anew(openFormerCode(change.from, row)),
        transaction_cipher:
          named === null ? null : change.to.seal(change.from.unseal(named, context), context),
      })
      .where("seq", "=", row.seq)
      .execute();
  }
  return pageOf(rows, limit, ({ seq }) => seq);
};

export const reencipherEnrollments: Pages = async (db, change, after, limit) => {
  const rows = await db
    .selectFrom("enrollments")
    .select(["seq", "number_cipher"])
    .where("seq", ">", Number(after ?? 0))
    .orderBy("seq")
    .limit(limit)
    .execute();
  for (const { seq, number_cipher } of rows)
    await db
      .updateTable("enrollments")
      .set(numberAnew(number_cipher, change))
      .where("seq", "=", seq)
      .execute();
  return pageOf(rows, limit, ({ seq }) => seq);
};

function numberAnew(
  cipher: Buffer,
  { from, to, newIndex }: Change,
): { number_cipher: Buffer; number_index?: Buffer } {
  const number = from.decipherNumber(cipher);
  const number_cipher = to.encipherNumber(number);
  if (!newIndex) return { number_cipher };
  // Of a number that is masked the old index would give it away to whoever has the old key.
  return { number_cipher, number_index: isWhole(number) ? to.indexNumber(number) : randomBytes(32) };
}

/** What the network said of callers. */
export const resealCalls: Pages = async (db, { from, to }, after, limit) => {
  const rows = await db
    .selectFrom("attempts")
    .select(["id", "caller_evidence"])
    .where("id", ">", String(after ?? ""))
    .orderBy("id")
    .limit(limit)
    .execute();
  for (const { id, caller_evidence: sealed } of rows) {
    if (sealed === null) continue;
    const caller_evidence = to.seal(from.unseal(sealed, evidenceContext(id)), evidenceContext(id));
    await db.updateTable("attempts").set({ caller_evidence }).where("id", "=", id).execute();
  }
  return pageOf(rows, limit, ({ id }) => id);
};

export const resealEvents: Pages = async (db, { from, to }, after, limit) => {
  const rows = await db
    .selectFrom("events")
    .select(["seq", "id", "payload"])
    .where("seq", ">", Number(after ?? 0))
    .orderBy("seq")
    .limit(limit)
    .execute();
  for (const { seq, id, payload } of rows) {
    const sealed = to.seal(from.unseal(payload, id), id);
    await db.updateTable("events").set({ payload: sealed }).where("seq", "=", seq).execute();
  }
  return pageOf(rows, limit, ({ seq }) => seq);
};

function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => number | string): Page {
  const last = rows.at(-1);
  return { rows: rows.length, after: last === undefined || rows.length < limit ? null : keyOf(last) };
}

export async function resealWebhooks(db: Kysely<Schema>, { from, to }: Change): Promise<void> {
  for (const row of await db.selectFrom("client_webhooks").selectAll().execute()) {
    const context = webhookContext(row.client_id);
    const again = (sealed: Buffer): Buffer => to.seal(from.unseal(sealed, context), context);
    await db
      .updateTable("client_webhooks")
      .set({
        secret: again(row.secret),
        previous_secret: row.previous_secret === null ? null : again(row.previous_secret),
      })
      .where("client_id", "=", row.client_id)
      .execute();
  }
}

/** Sums by a block's keyed index: they hold for two hours. */
export async function forgetBlocks(db: Kysely<Schema>): Promise<void> {
  await db.deleteFrom("counters").where("scope", "like", "block/%").execute();
}

export async function hasOpenVerifications(db: Kysely<Schema>): Promise<boolean> {
  const row = await db
    .selectFrom("verifications")
    .select("seq")
    .where("status", "in", OPEN)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
