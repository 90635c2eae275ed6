import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Vault } from "../vault/vault.js";
import { evidenceContext } from "./sealed-columns.js";
import type { Schema } from "./schema.js";
import { webhookContext } from "./webhooks.js";

/** From the old key to the new one. */
export interface Change {
  readonly from: Vault;
  readonly to: Vault;
}

/** Rows read at one time. */
const PAGE = 1_000;

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

/** @returns how many rows it was. */
export async function reencipherNumbers(
  db: Kysely<Schema>,
  table: "verifications" | "enrollments",
  { from, to }: Change,
): Promise<number> {
  let all = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: { seq: number; number_cipher: Buffer }[] = await db
      .selectFrom(table)
      .select(["seq", "number_cipher"])
      .where("seq", ">", after)
      .orderBy("seq")
      .limit(PAGE)
      .execute();
    for (const { seq, number_cipher } of rows) {
      const number = from.decipherNumber(number_cipher);
      // Of a number that is masked the old index would give it away to whoever has the old key.
      const number_index = isWhole(number) ? to.indexNumber(number) : randomBytes(32);
      const change = { number_cipher: to.encipherNumber(number), number_index };
      await db.updateTable(table).set(change).where("seq", "=", seq).execute();
    }
    all += rows.length;
    after = rows.length < PAGE ? undefined : rows.at(-1)?.seq;
  }
  return all;
}

/** What the network said of callers, and events. @returns how many rows it was. */
export async function resealCalls(db: Kysely<Schema>, { from, to }: Change): Promise<number> {
  let all = 0;
  for (let after: string | undefined = ""; after !== undefined;) {
    const rows: { id: string; caller_evidence: Buffer | null }[] = await db
      .selectFrom("attempts")
      .select(["id", "caller_evidence"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(PAGE)
      .execute();
    for (const { id, caller_evidence: sealed } of rows) {
      if (sealed === null) continue;
      const caller_evidence = to.seal(from.unseal(sealed, evidenceContext(id)), evidenceContext(id));
      await db.updateTable("attempts").set({ caller_evidence }).where("id", "=", id).execute();
      all += 1;
    }
    after = rows.length < PAGE ? undefined : rows.at(-1)?.id;
  }
  return all;
}

/** @returns how many rows it was. */
export async function resealEvents(db: Kysely<Schema>, { from, to }: Change): Promise<number> {
  let all = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: { seq: number; id: string; payload: Buffer }[] = await db
      .selectFrom("events")
      .select(["seq", "id", "payload"])
      .where("seq", ">", after)
      .orderBy("seq")
      .limit(PAGE)
      .execute();
    for (const { seq, id, payload } of rows) {
      const sealed = to.seal(from.unseal(payload, id), id);
      await db.updateTable("events").set({ payload: sealed }).where("seq", "=", seq).execute();
    }
    all += rows.length;
    after = rows.length < PAGE ? undefined : rows.at(-1)?.seq;
  }
  return all;
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
    .where("status", "in", ["pending", "in_progress"])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
