import type { Kysely } from "kysely";
import pg from "pg";
import type { OnCommit } from "../database.js";
import type { Transact, Work } from "../group-commit.js";
import type { NodeIdentity } from "../nodes.js";
import type { Schema } from "../schema.js";
import { StoreUnavailableError } from "../store-unavailable.js";
import { CHANNEL } from "./others-hints.js";
import { isTransient } from "./postgres-errors.js";
import { handleOver } from "./postgres-handle.js";
import type { PostgresLink } from "./postgres-link.js";
import type { PostgresLinks } from "./postgres-links.js";
import type { Settlement } from "./settlement.js";
import { beginTurn, type Turn } from "./writers-turn.js";

/** Only who writes without our lock can be in the way; a moment later it is not. */
const MOST_TRIES = 3;

interface Done {
  readonly values: unknown[];
  readonly handle: Kysely<Schema>;
}

/** What goes on around the transactions of one process. */
export interface Surroundings {
  readonly settlement: Settlement;
  readonly onTurn: (turn: Turn) => void;
  readonly onCommit: OnCommit;
  /** What others are told with the commit; null: nothing. */
  readonly forOthers: (handle: Kysely<Schema>) => string | null;
}

/**
 * Transactions on the one connection that writes, one after another.
 *
 * @param node asked at each turn whose it is; undefined: a command's, or of one that is about to join.
 */
export function transactOn(
  links: PostgresLinks,
  surroundings: Surroundings,
  node: () => NodeIdentity | undefined,
): Transact {
  const { settlement, onTurn, onCommit, forOthers } = surroundings;
  const once = (works: readonly Work<unknown>[]): Promise<unknown[]> =>
    links.use(async (link) => {
      const turn = await begunTurn(link, node());
      onTurn(turn);
      const { values, handle } = await carriedOut(link, works);
      const told = (): void => {
        // Later and outside: whatever a listener does, what is committed stays committed.
        setImmediate(onCommit, handle);
      };
      await commit(link, turn, { settlement, forOthers: forOthers(handle), late: told });
      told();
      return values;
    });
  return async (works) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(works);
      } catch (error) {
        if (!isTransient(error) || tries === MOST_TRIES) throw error;
      }
    }
  };
}

/** One that did not come in time has begun a transaction all the same, in which nothing could be done any more. */
async function begunTurn(link: PostgresLink, node: NodeIdentity | undefined): Promise<Turn> {
  try {
    return await beginTurn(link, node);
  } catch (error) {
    await link.query("rollback").catch(() => undefined);
    throw error;
  }
}

async function carriedOut(link: PostgresLink, works: readonly Work<unknown>[]): Promise<Done> {
  // One of its own for each try: what works have to tell is kept by it, and is told only if it is this one that counts.
  const handle = handleOver(link);
  try {
    const values: unknown[] = [];
    for (const work of works) values.push(await work(handle));
    return { values, handle };
  } catch (error) {
    // Where that fails too the connection is closed, which ends the transaction as well.
    await link.query("rollback").catch(() => undefined);
    throw error;
  }
}

interface Committing {
  readonly settlement: Settlement;
  readonly forOthers: string | null;
  /** Told when it turns out, after the deadline, that it was committed. */
  readonly late: () => void;
}

async function commit(
  link: PostgresLink,
  { transaction }: Turn,
  { settlement, forOthers, late }: Committing,
): Promise<void> {
  const asked =
    forOthers === null
      ? link.query("commit").then(({ command }) => command)
      : link.commitAfter(`select pg_notify('${CHANNEL}', ${pg.escapeLiteral(forOthers)})`);
  const answer = await asked.then(
    (command) => ({ command, cause: undefined }),
    (cause: unknown) => ({ command: "lost", cause }),
  );
  if (answer.command === "COMMIT") return;
  if (answer.command !== "lost") throw new Error("a piece of work went on after a query of it had failed");
  // The line broke after it was asked for: only the server knows whether it came about.
  if ((await settlement.of(transaction, late)) === "committed") return;
  throw new StoreUnavailableError("the database refused the transaction", {
    ...{ cause: answer.cause, mayPass: true },
  });
}
