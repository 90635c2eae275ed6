import { StoreUnavailableError } from "../store-unavailable.js";
import type { PostgresLink } from "./postgres-link.js";

/** Of the advisory locks of a database (two numbers each) this first number is ours: "honn". */
const OURS = 0x686f6e6e;
const WRITES = 1;
const SERVES = 2;
/** Counts the transactions that write, of whichever process. */
export const TURNS = "honnin_turns";

/** A transaction that has begun, and nobody else writes until it ends. */
export interface Turn {
  /** By which the server knows how it ended. */
  readonly transaction: string;
  /** One more than that of the turn before. */
  readonly number: number;
}

/**
 * Begins a transaction when it is this process's turn. One writes at a time, of all processes and machines: what a work
 * reads stays so until it has committed, as in SQLite; numbers are given in the order of the commits, so that who reads
 * on from a number misses nothing; and nothing deadlocks. The server gives the lock back when the transaction is
 * visible to others, or its connection is gone.
 */
export async function beginTurn(link: PostgresLink): Promise<Turn> {
  await link.query("begin");
  const [turn] = await link.prepared(
    `select pg_advisory_xact_lock(${String(OURS)}, ${String(WRITES)}),
      pg_current_xact_id()::text as transaction, nextval('${TURNS}') as number`,
    [],
  );
  return turn as Turn;
}

/** The same for who makes the tables, by which turns are counted. */
export async function beginFirstTurn(link: PostgresLink): Promise<void> {
  await link.query("begin");
  await link.query(`select pg_advisory_xact_lock(${String(OURS)}, ${String(WRITES)})`);
}

/** Another service runs on this database. */
export class DatabaseInUseError extends StoreUnavailableError {
  constructor() {
    super("another honnin serves this database: two would dial every verification twice");
    this.name = "DatabaseInUseError";
  }
}

/**
 * Makes this connection the one that serves, until it is closed. A service writes by no other, so that one that has lost
 * it, cut off or stopped for a while, dials nothing beside the one that took its place.
 *
 * @param within how, where the connection goes on: `session`; only while the transaction lasts: `xact`.
 * @throws {DatabaseInUseError}
 */
export async function claimService(link: PostgresLink, within: "session" | "xact"): Promise<void> {
  const lock = within === "session" ? "pg_try_advisory_lock" : "pg_try_advisory_xact_lock";
  const { rows } = await link.query<{ mine: boolean }>(
    `select ${lock}(${String(OURS)}, ${String(SERVES)}) as mine`,
  );
  if (rows[0]?.mine !== true) throw new DatabaseInUseError();
}
