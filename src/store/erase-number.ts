import { randomBytes, randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Vault } from "../vault/vault.js";
import type { Schema } from "./schema.js";
import { OPEN } from "./verifications.js";

/** What stands in the place of a number that was erased. */
const ERASED = "********";

/** What of a number was erased: rows. */
export interface Erased {
  readonly verifications: number;
  readonly enrollments: number;
  readonly events: number;
  readonly idempotencyKeys: number;
  readonly numberGuards: number;
  readonly mentions: number;
}

/** Verifications of a number, by its keyed index: whether there are any that have not ended. */
export async function hasOpenVerification(db: Kysely<Schema>, index: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom("verifications")
    .select("seq")
    .where("number_index", "=", index)
    .where("status", "in", OPEN)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Takes a batch of ended verifications all that names whom they were of: number, index, own id, metadata, transaction, what the
 * network said of callers, their events and Idempotency-Keys. What a bill is made of stays.
 *
 * @returns how much that was; no verifications: there are no more.
 */
export async function eraseVerifications(
  db: Kysely<Schema>,
  vault: Vault,
  index: Buffer,
  limit: number,
): Promise<Pick<Erased, "verifications" | "events" | "idempotencyKeys">> {
  const rows = await db
    .selectFrom("verifications")
    .select("seq")
    .where("number_index", "=", index)
    .where("status", "not in", OPEN)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const seqs = rows.map(({ seq }) => seq);
  if (seqs.length === 0) return { verifications: 0, events: 0, idempotencyKeys: 0 };
  for (const seq of seqs) {
    await db
      .updateTable("verifications")
      .set({
        id: `erased-${randomUUID()}`,
        request_hash: randomBytes(32),
        number_cipher: vault.encipherText(ERASED),
        number_index: randomBytes(32),
        enrollment_id: null,
        metadata: "{}",
        ...{ amount: null, currency: null, transaction_cipher: null },
      })
      .where("seq", "=", seq)
      .execute();
  }
  await db
    .updateTable("attempts")
    // By its reference a gateway finds the number again.
    .set({ caller_evidence: null, gateway_reference: null, gateway_error: null })
    .where("verification_seq", "in", seqs)
    .execute();
  const keys = await db
    .deleteFrom("idempotency_keys")
    .where("verification_seq", "in", seqs)
    .executeTakeFirst();
  const events = await db.selectFrom("events").select("seq").where("verification_seq", "in", seqs).execute();
  await deleteEvents(
    db,
    events.map(({ seq }) => seq),
  );
  return { verifications: seqs.length, events: events.length, idempotencyKeys: Number(keys.numDeletedRows) };
}

/** Deletes enrollments of a number, and what is held against it, of every client. */
export async function eraseStanding(
  db: Kysely<Schema>,
  index: Buffer,
): Promise<Pick<Erased, "enrollments" | "numberGuards" | "idempotencyKeys">> {
  const enrollments = await db
    .deleteFrom("enrollments")
    .where("number_index", "=", index)
    .returning("seq")
    .execute();
  const seqs = enrollments.map(({ seq }) => seq);
  const keys =
    seqs.length === 0
      ? undefined
      : await db.deleteFrom("idempotency_keys").where("enrollment_seq", "in", seqs).executeTakeFirst();
  const guards = await db.deleteFrom("number_guards").where("number_index", "=", index).executeTakeFirst();
  return {
    enrollments: seqs.length,
    numberGuards: Number(guards.numDeletedRows),
    idempotencyKeys: Number(keys?.numDeletedRows ?? 0n),
  };
}

/** Deletes events with their deliveries, also those that are still to be made. */
export async function deleteEvents(db: Kysely<Schema>, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  await db.deleteFrom("webhook_deliveries").where("event_seq", "in", seqs).execute();
  await db.deleteFrom("events").where("seq", "in", seqs).execute();
}

/** A stretch of rows, in the order of their keys. */
interface Stretch {
  readonly after: number;
  readonly limit: number;
}

export function listSealedEvents(
  db: Kysely<Schema>,
  { after, limit }: Stretch,
): Promise<{ seq: number; id: string; payload: Buffer }[]> {
  return db
    .selectFrom("events")
    .select(["seq", "id", "payload"])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/** What clients' servers wrote themselves, and may have written a number into. */
export function listCarried(
  db: Kysely<Schema>,
  table: "verifications" | "enrollments",
  { after, limit }: Stretch,
): Promise<{ seq: number; id: string; metadata: string }[]> {
  return db
    .selectFrom(table)
    .select(["seq", "id", "metadata"])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/** @param change metadata without the number; an own id that was the number is another then. */
export async function setCarried(
  db: Kysely<Schema>,
  table: "verifications" | "enrollments",
  seq: number,
  change: { readonly id?: string; readonly metadata: string },
): Promise<void> {
  await db.updateTable(table).set(change).where("seq", "=", seq).execute();
}

/** Calls with what the network said of their callers, in stretches of their verifications. */
export function listEvidence(
  db: Kysely<Schema>,
  { after, limit }: Stretch,
): Promise<{ id: string; verification_seq: number; caller_evidence: Buffer | null }[]> {
  return db
    .selectFrom("attempts")
    .select(["id", "verification_seq", "caller_evidence"])
    .where("verification_seq", ">", after)
    .where("verification_seq", "<=", after + limit)
    .where("caller_evidence", "is not", null)
    .execute();
}

export async function dropEvidence(db: Kysely<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.updateTable("attempts").set({ caller_evidence: null }).where("id", "in", ids).execute();
}

/** The newest verification; 0 while there is none. */
export async function lastVerificationSeq(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom("verifications")
    .select("seq")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** Clients whose settings name a number, which only their administrator can change. */
export async function listClientsNaming(
  db: Kysely<Schema>,
  names: (text: string) => boolean,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("client_settings")
    .innerJoin("clients", "clients.id", "client_settings.client_id")
    .select(["clients.name", "client_settings.settings"])
    .execute();
  return rows.filter(({ settings }) => names(settings)).map(({ name }) => name);
}
