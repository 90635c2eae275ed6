import type { Kysely, Selectable } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { NodeTable } from "./node-schema.js";
import type { AttemptTable, Schema } from "./schema.js";
import { AttemptClosedError } from "./store-unavailable.js";

/** A node as it is since it joined last. */
export interface NodeIdentity {
  readonly name: string;
  readonly epoch: number;
}

export type NodeRow = Selectable<NodeTable>;

/** The columns that say whose a call or message is. */
export function ofNode(node: NodeIdentity | undefined): Pick<AttemptTable, "node" | "node_epoch"> {
  return { node: node?.name ?? null, node_epoch: node?.epoch ?? null };
}

/** One more epoch of this node: what its earlier ones have left open is nobody's any more. */
export async function joinNode(
  db: Kysely<Schema>,
  { name, ...facts }: Pick<NodeTable, "name" | "version" | "data_keys">,
  now: number,
): Promise<NodeIdentity> {
  const times = { ...facts, joined_at: now, seen_at: now, left_at: null };
  const { epoch } = await db
    .insertInto("nodes")
    .values({ name, epoch: 1, ...times })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((eb) => ({ ...times, epoch: eb("nodes.epoch", "+", 1) })),
    )
    .returning("epoch")
    .executeTakeFirstOrThrow();
  return { name, epoch };
}

/** Only one node may use this database, and it has joined: another name was that of an earlier process. */
export async function leaveOthers(db: Kysely<Schema>, { name }: NodeIdentity, now: number): Promise<void> {
  await db
    .updateTable("nodes")
    .set({ left_at: now })
    .where("name", "!=", name)
    .where("left_at", "is", null)
    .execute();
}

/** A sign of life. @returns the node as it is now; undefined: it is not that one any more. */
export const noteAlive = compiledFirst(
  (db, { name, epoch, now, dataKeys }: NodeIdentity & { now: number; dataKeys: string }) =>
    db
      .updateTable("nodes")
      .set({ seen_at: now, data_keys: dataKeys })
      .where("name", "=", name)
      .where("epoch", "=", epoch)
      .where("left_at", "is", null)
      .returningAll(),
);

/** It goes by itself, and has left nothing open. */
export const leaveNode = compiled((db, { name, epoch, now }: NodeIdentity & { now: number }) =>
  db.updateTable("nodes").set({ left_at: now }).where("name", "=", name).where("epoch", "=", epoch),
);

/** Gives up those that gave no sign of life since then: nothing that they write counts from now on. */
export async function giveUpSilent(db: Kysely<Schema>, since: number, now: number): Promise<string[]> {
  const rows = await db
    .updateTable("nodes")
    .set((eb) => ({ left_at: now, epoch: eb("epoch", "+", 1) }))
    .where("left_at", "is", null)
    .where("seen_at", "<", since)
    .returning("name")
    .execute();
  return rows.map(({ name }) => name);
}

export const findNode = compiledFirst((db, { name }: { name: string }) =>
  db.selectFrom("nodes").selectAll().where("name", "=", name),
);

/** One of the other nodes that take calls; undefined: there is none. */
export const findOther = compiledFirst((db, { name }: { name: string }) =>
  db
    .selectFrom("nodes")
    .select("name")
    .where("name", "!=", name)
    .where("left_at", "is", null)
    .where("drained_at", "is", null)
    .limit(1),
);

/** All that there are or were of late, by name. */
export function listNodes(db: Kysely<Schema>): Promise<NodeRow[]> {
  return db.selectFrom("nodes").selectAll().orderBy("name").execute();
}

/**
 * Forgets those that left before then: a container has another name each time. One whose call nobody has closed stays.
 *
 * @returns how many.
 */
export async function pruneNodes(db: Kysely<Schema>, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("nodes")
    .where("left_at", "<", before)
    .where("name", "not in", (eb) =>
      eb
        .selectFrom("attempts")
        .select("attempts.node")
        .where("attempts.ended_at", "is", null)
        .where("attempts.node", "is not", null)
        .$castTo<{ node: string }>(),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** @returns whether there is such a node. @param since null: it takes calls again. */
export async function setDrained(db: Kysely<Schema>, name: string, since: number | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("nodes")
    .set({ drained_at: since })
    .where("name", "=", name)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** A call or message that nobody serves. */
export interface Orphan {
  readonly id: string;
  readonly seq: number;
  readonly channel: "voice" | "sms";
  /** See {@link AttemptTable}. */
  readonly waits: 1 | null;
}

/** What is open in the database and belongs to no node that is there: of one that died, or of an earlier epoch. */
export function listOrphans(db: Kysely<Schema>): Promise<Orphan[]> {
  return db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select(["attempts.id", "verifications.seq", "attempts.channel", "attempts.waits"])
    .where("attempts.ended_at", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("nodes")
            .select("nodes.name")
            .whereRef("nodes.name", "=", "attempts.node")
            .whereRef("nodes.epoch", "=", "attempts.node_epoch")
            .where("nodes.left_at", "is", null),
        ),
      ),
    )
    .execute();
}

/** How many calls each node has, by its name. */
export async function countOpenCalls(db: Kysely<Schema>): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("attempts")
    .select(["node", ({ fn }) => fn.countAll<number>().as("calls")])
    .where("ended_at", "is", null)
    .where("channel", "=", "voice")
    .groupBy("node")
    .execute();
  return new Map(rows.flatMap(({ node, calls }) => (node === null ? [] : [[node, calls] as const])));
}

/** @throws {AttemptClosedError} where another node has closed it, which took this one for dead. */
export async function demandOpen(db: Kysely<Schema>, attemptId: string): Promise<void> {
  if ((await openAttempt(db, { id: attemptId })) === undefined) throw new AttemptClosedError();
}

const openAttempt = compiledFirst((db, { id }: { id: string }) =>
  db.selectFrom("attempts").select("id").where("id", "=", id).where("ended_at", "is", null),
);
