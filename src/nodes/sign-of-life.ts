import type { Kysely } from "kysely";
import { releaseDuty, STEWARD, takeDuty } from "../store/duties.js";
import { GIVEN_UP_MS } from "../store/node-state.js";
import {
  findNode,
  findOther,
  giveUpSilent,
  type NodeIdentity,
  type NodeRow,
  noteAlive,
} from "../store/nodes.js";
import type { Schema } from "../store/schema.js";
import { NodeFencedError } from "../store/store-unavailable.js";

/** What a node hears when it says that it is there. */
export interface Told {
  readonly isDrained: boolean;
  /** Names of those that were given up in this transaction. */
  readonly gone: readonly string[];
  readonly hasDuty: boolean;
  /** Whether another node takes calls. */
  readonly hasOthers: boolean;
}

interface Sign {
  /** The database's time, taken before anything is read: a process that is stopped in between judges by what was true then. */
  readonly now: number;
  readonly dataKeys: string;
  /** Whether it may give up others. */
  readonly isJudge: boolean;
  /** Whether it takes the duty where nobody has it. */
  readonly wantsDuty: boolean;
  /** Whether it is at work on it: then it is not given back yet. */
  readonly hasDuty: boolean;
}

/**
 * A sign of life of a node among others, within the caller's transaction.
 *
 * @throws {NodeFencedError} when it is not that one any more.
 */
export async function giveSign(db: Kysely<Schema>, node: NodeIdentity, sign: Sign): Promise<Told> {
  const { now, dataKeys, isJudge, wantsDuty, hasDuty } = sign;
  const row = await noteAlive(db, { ...node, now, dataKeys });
  if (row === undefined) throw new NodeFencedError();
  const drained = isDrained(row);
  const gone = isJudge ? await giveUpSilent(db, now - GIVEN_UP_MS, now) : [];
  const told = { isDrained: drained, gone, hasOthers: await hasOthers(db, node) };
  if (wantsDuty && !drained) return { ...told, hasDuty: await takeDuty(db, STEWARD, node) };
  // Given back once it is done with it, at the next sign.
  if (!hasDuty) await releaseDuty(db, { duty: STEWARD, ...node });
  return { ...told, hasDuty: false };
}

/** How a node stands, as the database has it. */
export async function standingOf(
  db: Kysely<Schema>,
  { name }: { readonly name: string },
): Promise<Pick<Told, "isDrained" | "hasOthers">> {
  return { isDrained: isDrained(await findNode(db, { name })), hasOthers: await hasOthers(db, { name }) };
}

async function hasOthers(db: Kysely<Schema>, { name }: { readonly name: string }): Promise<boolean> {
  return (await findOther(db, { name })) !== undefined;
}

/** One that was never there is told nothing. */
function isDrained(row: NodeRow | undefined): boolean {
  return (row?.drained_at ?? null) !== null;
}
