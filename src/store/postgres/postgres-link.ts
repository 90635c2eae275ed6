import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";
import { asStoreError, leavesUsable } from "./postgres-errors.js";

/** A connection that was taken from the pool, as Kysely uses it and as we do. */
export class PostgresLink implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #names: Map<string, string>;
  readonly #onReleased: () => void;
  readonly #brokenBy: () => unknown;
  #isUsable = true;
  #users = 1;

  /**
   * @param names of the statements that are prepared, by their text: of all connections of a pool.
   * @param onReleased told when it has been given back.
   * @param brokenBy what the server said as it broke the connection, and was asked nothing; undefined: nothing.
   */
  constructor(
    client: pg.PoolClient,
    names: Map<string, string>,
    onReleased: () => void,
    brokenBy: () => unknown,
  ) {
    this.#client = client;
    this.#names = names;
    this.#onReleased = onReleased;
    this.#brokenBy = brokenBy;
  }

  query<R>(text: string, values?: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== "string") throw new Error("no query is read by a cursor");
    return this.#ask<R>({ text, values: [...values] });
  }

  /**
   * Several statements in one round trip, without values; each sees what was committed before it began.
   *
   * @returns the row of the last.
   */
  async lastOf<R>(statements: string): Promise<R | undefined> {
    const answers: unknown = await this.#ask({ text: statements });
    return (answers as readonly PostgresQueryResult<R>[]).at(-1)?.rows[0];
  }

  /** Says `commit` after another statement, in one round trip. @returns what the server did. */
  async commitAfter(statement: string): Promise<string | undefined> {
    const answers: unknown = await this.#ask({ text: `${statement}; commit` });
    return (answers as readonly PostgresQueryResult<unknown>[]).at(-1)?.command;
  }

  /** The same of a text that comes again and again: it is parsed and planned once a connection. */
  async prepared(text: string, values: readonly unknown[]): Promise<unknown[]> {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `honnin_${String(this.#names.size)}`;
      this.#names.set(text, name);
    }
    return (await this.#ask({ name, text, values: [...values] })).rows;
  }

  /** For one more, who gives it back too. */
  shared(): this {
    this.#users += 1;
    return this;
  }

  /** The last one gives it back to the pool; one that is of no use any more is closed. */
  release(destroy = false): void {
    this.#isUsable &&= !destroy;
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#client.release(!this.#isUsable);
    this.#onReleased();
  }

  async #ask<R>(query: pg.QueryConfig): Promise<PostgresQueryResult<R>> {
    try {
      // What rows there are only the text of the query says.
      const answer: unknown = await this.#client.query(query);
      return answer as PostgresQueryResult<R>;
    } catch (error) {
      this.#isUsable &&= leavesUsable(error);
      // Whoever asks of a connection that broke before is told no more than that.
      throw asStoreError(this.#brokenBy() ?? error);
    }
  }
}
