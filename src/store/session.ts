import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "./schema.js";

/** In what the queries of one kind of handle differ from those of another: dialects do, and reading from writing. */
export interface Manners {
  /**
   * Whether a row that is read in order to be changed has to be held until the end of the transaction, because others
   * write at the same time.
   */
  readonly holdsRows: boolean;
  /** Whether the planner takes the index that a condition suits however bad it is, unless the column stands behind a +. */
  readonly plansBySyntax: boolean;
  /** Whether each query is answered as it is asked for: nothing of this process comes between two that are asked at once. */
  readonly answersAtOnce: boolean;
}

/** How a handle of Kysely's reaches its database. */
export interface Session {
  /** One object for each kind of handle: a query is compiled once for each. */
  readonly manners: Manners;
  /** Runs a query that is compiled already. */
  readonly run: (sql: string, values: readonly unknown[]) => Promise<unknown[]>;
}

const sessions = new WeakMap<Kysely<Schema>, Session>();

/** Tells how a handle reaches its database. Every handle that a dialect gives out has a session. */
export function runsBy(handle: Kysely<Schema>, session: Session): void {
  sessions.set(handle, session);
}

export function sessionOf(handle: Kysely<Schema>): Session {
  const session = sessions.get(handle);
  if (session === undefined) throw new Error("this handle belongs to no opened database");
  return session;
}

/** For `$call`: the row that is read is nobody else's until the transaction ends, where that has to be said. */
export function held<Query extends { forUpdate(): Query }>(db: Kysely<Schema>): (query: Query) => Query {
  return (query) => (sessionOf(db).manners.holdsRows ? query.forUpdate() : query);
}

/** A column by which the rows are not to be looked up, for there is a better one. */
export function notByIndex(db: Kysely<Schema>, column: string): RawBuilder<unknown> {
  return sessionOf(db).manners.plansBySyntax ? sql`+${sql.ref(column)}` : sql.ref(column);
}
