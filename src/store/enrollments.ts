import type { Insertable, Kysely, Selectable } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { EnrollmentTable, Schema } from "./schema.js";
import { held, notByIndex } from "./session.js";

export type EnrollmentRow = Selectable<EnrollmentTable>;
export type NewEnrollment = Insertable<EnrollmentTable>;

/** @returns undefined when the client has an enrollment of that id already. */
export function insertEnrollment(db: Kysely<Schema>, row: NewEnrollment): Promise<EnrollmentRow | undefined> {
  return db
    .insertInto("enrollments")
    .values(row)
    .onConflict((conflict) => conflict.columns(["client_id", "id"]).doNothing())
    .returningAll()
    .executeTakeFirst();
}

export function findEnrollment(
  db: Kysely<Schema>,
  clientId: string,
  id: string,
): Promise<EnrollmentRow | undefined> {
  return byId(db, { clientId, id });
}

const byId = compiledFirst((db, { clientId, id }: { clientId: string; id: string }) =>
  db
    .selectFrom("enrollments")
    .selectAll()
    .where("client_id", "=", clientId)
    .where("id", "=", id)
    .$call(held(db)),
);

/** @param rows some hundred, of ids that the client does not have. */
export async function insertEnrollments(db: Kysely<Schema>, rows: readonly NewEnrollment[]): Promise<void> {
  if (rows.length === 0) return;
  await db.insertInto("enrollments").values(rows).execute();
}

/** What a client has of these ids and of these numbers: a few hundred of each at most, by their indexes. */
export async function findEnrolled(
  db: Kysely<Schema>,
  clientId: string,
  { ids, numbers }: { readonly ids: readonly string[]; readonly numbers: readonly Buffer[] },
): Promise<Pick<EnrollmentRow, "id" | "number_index" | "request_hash">[]> {
  // Two questions: of one with "or" all enrollments of the client are read.
  const known = db.selectFrom("enrollments").select(["id", "number_index", "request_hash"]);
  const byIds = known.where("client_id", "=", clientId).where("id", "in", ids);
  const byNumbers = known
    .where(notByIndex(db, "client_id"), "=", clientId)
    .where("number_index", "in", numbers);
  return [
    ...(ids.length > 0 ? await byIds.execute() : []),
    ...(numbers.length > 0 ? await byNumbers.execute() : []),
  ];
}

export function findEnrollmentBySeq(db: Kysely<Schema>, seq: number): Promise<EnrollmentRow | undefined> {
  return db.selectFrom("enrollments").selectAll().where("seq", "=", seq).executeTakeFirst();
}

/** Whether a client has so many, expired ones too: 100,000 are counted by their index in some milliseconds. */
export async function hasEnrollments(db: Kysely<Schema>, clientId: string, many: number): Promise<boolean> {
  const nth = await db
    .selectFrom("enrollments")
    .select("seq")
    .where("client_id", "=", clientId)
    .orderBy("seq")
    .limit(1)
    .offset(many - 1)
    .executeTakeFirst();
  return nth !== undefined;
}

/** @returns what it was; undefined when the client has none of that id. */
export function deleteEnrollment(
  db: Kysely<Schema>,
  clientId: string,
  id: string,
): Promise<EnrollmentRow | undefined> {
  return db
    .deleteFrom("enrollments")
    .where("client_id", "=", clientId)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
}

export interface EnrollmentFilter {
  readonly clientId: string;
  readonly numberIndex?: Buffer | undefined;
  /** Only those made before this one. */
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

/** A page of a client's enrollments, newest first, expired ones too. */
export function listEnrollments(db: Kysely<Schema>, filter: EnrollmentFilter): Promise<EnrollmentRow[]> {
  let query = db.selectFrom("enrollments").selectAll().where("client_id", "=", filter.clientId);
  if (filter.numberIndex !== undefined) query = query.where("number_index", "=", filter.numberIndex);
  if (filter.beforeSeq !== undefined) query = query.where("seq", "<", filter.beforeSeq);
  return query.orderBy("seq", "desc").limit(filter.limit).execute();
}

/**
 * The newest live enrollment of a caller at a DID, over all clients but some.
 *
 * @param did as `canonicalDid` spells it: digits and `+`, so in quotes it is found in the JSON exactly.
 */
export function findLiveEnrollment(
  db: Kysely<Schema>,
  caller: Buffer,
  did: string,
  exceptClients: readonly string[],
  now: number,
): Promise<EnrollmentRow | undefined> {
  let query = db.selectFrom("enrollments").selectAll().where("number_index", "=", caller);
  if (exceptClients.length > 0) query = query.where("client_id", "not in", exceptClients);
  return query
    .where((eb) => eb.or([eb("dids", "is", null), eb("dids", "like", `%"${did}"%`)]))
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function updateEnrollment(
  db: Kysely<Schema>,
  { seq }: Pick<EnrollmentRow, "seq">,
  change: Partial<EnrollmentRow>,
): Promise<void> {
  await db.updateTable("enrollments").set(change).where("seq", "=", seq).execute();
}

/** The right PIN ends the row of wrong ones of proved callers; those of others are never forgotten. */
export const clearWrongPinsOfProved = compiled((db, { seq }: Pick<EnrollmentRow, "seq">) =>
  db
    .updateTable("enrollments")
    .set({ wrong_pins_proved: 0 })
    .where("seq", "=", seq)
    .where("wrong_pins_proved", ">", 0),
);

export async function markEnrollmentUsed(
  db: Kysely<Schema>,
  clientId: string,
  id: string,
  now: number,
): Promise<void> {
  await db
    .updateTable("enrollments")
    .set({ last_used_at: now })
    .where("client_id", "=", clientId)
    .where("id", "=", id)
    .execute();
}
