import pg from "pg";
import type { NodeIdentity } from "../nodes.js";
import { NodeFencedError, StoreUnavailableError } from "../store-unavailable.js";
import type { PostgresLink } from "./postgres-link.js";

/** Of the advisory locks of a database (two numbers each) this first number is ours: "honn". */
const OURS = 0x686f6e6e;
const WRITES = 1;
const SERVES = 2;
/** Counts the transactions that write, of whichever process. */
export const TURNS = "honnin_turns";

/** Of nodes, by the hash of their names: "node". */
const NODES = 0x6e6f6465;

/** A transaction that has begun, and nobody else writes until it ends. */
export interface Turn {
  /** By which the server knows how it ended. */
  readonly transaction: string;
  /** One more than that of the turn before. */
  readonly number: number;
  /** The server's time, epoch milliseconds. */
  readonly time: number;
}

interface BegunTurn extends Turn {
  /** Of the node, if it is there. */
  readonly epoch: number | null;
}

/**
 * Begins a transaction when it is this process's turn. One writes at a time, of all processes and machines: what a work
 * reads stays so until it has committed, as in SQLite; numbers are given in the order of the commits, so that who reads
 * on from a number misses nothing; and nothing deadlocks. The server gives the lock back when the transaction is
 * visible to others, or its connection is gone.
 *
 * One round trip; its parts are statements of their own, so that the last sees what was committed before our turn.
 *
 * When it throws, whoever called rolls back what it may have begun.
 *
 * @param node whose turn it is; undefined: of a command.
 * @throws {NodeFencedError} when the node is not that one any more.
 */
export async function beginTurn(link: PostgresLink, node?: NodeIdentity): Promise<Turn> {
  const epoch =
    node === undefined
      ? "null::bigint"
      : `(select epoch from nodes where name = ${pg.escapeLiteral(node.name)} and left_at is null)`;
  const turn = await link.lastOf<BegunTurn>(
    `begin; select pg_advisory_xact_lock(${String(OURS)}, ${String(WRITES)});
      select pg_current_xact_id()::text as transaction, nextval('${TURNS}') as number,
        floor(extract(epoch from clock_timestamp()) * 1000)::bigint as time, ${epoch} as epoch`,
  );
  if (turn === undefined) throw new Error("the server told nothing of the transaction");
  if (node !== undefined && turn.epoch !== node.epoch) throw new NodeFencedError();
  return turn;
}

/** The same for who makes the tables, by which turns are counted. */
export async function beginFirstTurn(link: PostgresLink): Promise<void> {
  await link.query("begin");
  await link.query(`select pg_advisory_xact_lock(${String(OURS)}, ${String(WRITES)})`);
}

/** Others serve this database who must not meanwhile. */
export class DatabaseInUseError extends StoreUnavailableError {
  constructor() {
    super("a honnin serves this database: stop it (all of its nodes) first");
    this.name = "DatabaseInUseError";
  }
}

/** Another process goes by the name of this node. */
export class NodeNameInUseError extends StoreUnavailableError {
  constructor(name: string) {
    super(`another honnin serves this database as node ${name}: give each its own name (HONNIN_NODE)`);
    this.name = "NodeNameInUseError";
  }
}

/**
 * Nobody serves the database while the transaction, or with `session` the connection, lasts.
 *
 * @throws {DatabaseInUseError}
 */
export async function claimAlone(link: PostgresLink, within: "session" | "xact"): Promise<void> {
  const lock = within === "session" ? "pg_try_advisory_lock" : "pg_try_advisory_xact_lock";
  if (!(await isMine(link, `${lock}(${String(OURS)}, ${String(SERVES)})`))) throw new DatabaseInUseError();
}

/**
 * Makes this connection one that serves, as the node of that name, until it is closed.
 *
 * @throws {DatabaseInUseError} while somebody claims it alone.
 * @throws {NodeNameInUseError}
 */
export async function claimNode(link: PostgresLink, name: string): Promise<void> {
  const serves = `pg_try_advisory_lock_shared(${String(OURS)}, ${String(SERVES)})`;
  if (!(await isMine(link, serves))) throw new DatabaseInUseError();
  const node = `pg_try_advisory_lock(${String(NODES)}, hashtext(${pg.escapeLiteral(name)}))`;
  if (!(await isMine(link, node))) throw new NodeNameInUseError(name);
}

async function isMine(link: PostgresLink, lock: string): Promise<boolean> {
  const { rows } = await link.query<{ mine: boolean }>(`select ${lock} as mine`);
  return rows[0]?.mine === true;
}
