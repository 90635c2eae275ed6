import type { Insertable, Kysely, Selectable } from "kysely";
import type { AttemptOutcome } from "../verification/status.js";
import type { AttemptNote } from "../verification/attempt-note.js";
import { compiled, compiledByShape, compiledFirst } from "./compiled.js";
import type { AttemptTable, Schema } from "./schema.js";

export type AttemptRow = Selectable<AttemptTable>;

const insertRow = compiledByShape((db, row: Insertable<AttemptTable>) =>
  db.insertInto("attempts").values(row).returningAll(),
);

export async function insertAttempt(
  db: Kysely<Schema>,
  row: Insertable<AttemptTable>,
): Promise<AttemptRow | undefined> {
  return (await insertRow(db, row))[0];
}

/** Something that happened on a call. */
interface Mark {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Once each, as with the two that follow: undefined when it was marked before, or the call has ended. */
export const markRinging = compiledFirst((db, { id, at }: Mark) =>
  db
    .updateTable("attempts")
    .set({ ringing_at: at })
    .where("id", "=", id)
    .where("ringing_at", "is", null)
    .where("ended_at", "is", null)
    .returningAll(),
);

export const markAnswered = compiledFirst((db, { id, at }: Mark) =>
  db
    .updateTable("attempts")
    .set({ answered_at: at })
    .where("id", "=", id)
    .where("answered_at", "is", null)
    .where("ended_at", "is", null)
    .returningAll(),
);

/** How a call ended. */
export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
}

/** Its story is written with it: a call has no commit to spare. */
type Ended = Mark & AttemptEnd & { readonly story: string | null };

export const markEnded = compiledFirst((db, { id, at, outcome, sipStatus, q850Cause, story }: Ended) =>
  db
    .updateTable("attempts")
    .set({ ended_at: at, outcome, sip_status: sipStatus, q850_cause: q850Cause, story })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .returningAll(),
);

/** Of a call of which nothing has left. */
export const deleteAttempt = compiled((db, { id }: { id: string }) =>
  db.deleteFrom("attempts").where("id", "=", id),
);

/** What a call has cost in the end, thousandths of a yen. */
export const setCost = compiled((db, { id, cost }: { id: string; cost: number }) =>
  db.updateTable("attempts").set({ cost }).where("id", "=", id),
);

/** Of a call that goes on by another trunk; undefined when it has ended. */
export const setTrunk = compiledFirst((db, { id, trunk }: { id: string; trunk: string | null }) =>
  db
    .updateTable("attempts")
    .set({ trunk })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .returning("id"),
);

/** Notes something on a call; what was noted first stays. */
export const setNote = compiled((db, { id, note }: { id: string; note: AttemptNote }) =>
  db.updateTable("attempts").set({ note }).where("id", "=", id).where("note", "is", null),
);

const attemptsOf = compiled((db, { seq }: { seq: number }) =>
  db.selectFrom("attempts").selectAll().where("verification_seq", "=", seq).orderBy("started_at"),
);

/** The calls of a verification, in the order in which they were made. */
export function listAttempts(db: Kysely<Schema>, seq: number): Promise<AttemptRow[]> {
  return attemptsOf(db, { seq });
}

/** Those of these ids that are attempts of ours. */
export async function listAttemptIds(db: Kysely<Schema>, ids: readonly string[]): Promise<string[]> {
  const rows = await db.selectFrom("attempts").select("id").where("id", "in", ids).execute();
  return rows.map(({ id }) => id);
}
