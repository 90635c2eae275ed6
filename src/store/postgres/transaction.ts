import type { Kysely } from "kysely";
import type { OnCommit } from "../database.js";
import type { Transact, Work } from "../group-commit.js";
import type { Schema } from "../schema.js";
import { StoreUnavailableError } from "../store-unavailable.js";
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

/** Transactions on the one connection that writes, one after another. */
export function transactOn(
  links: PostgresLinks,
  settlement: Settlement,
  onTurn: (turn: number) => void,
  onCommit: OnCommit,
): Transact {
  const once = (works: readonly Work<unknown>[]): Promise<unknown[]> =>
    links.use(async (link) => {
      const turn = await beginTurn(link);
      onTurn(turn.number);
      const { values, handle } = await carriedOut(link, works);
      const told = (): void => {
        // Later and outside: whatever a listener does, what is committed stays committed.
        setImmediate(onCommit, handle);
      };
      await commit(link, turn, settlement, told);
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

/** @param late told when it turns out, after the deadline, that it was committed. */
async function commit(
  link: PostgresLink,
  { transaction }: Turn,
  settlement: Settlement,
  late: () => void,
): Promise<void> {
  const answer = await link.query("commit").catch((cause: unknown) => ({ command: "lost", cause }) as const);
  if (answer.command === "COMMIT") return;
  if (answer.command !== "lost") throw new Error("a piece of work went on after a query of it had failed");
  // The line broke after it was asked for: only the server knows whether it came about.
  if ((await settlement.of(transaction, late)) === "committed") return;
  throw new StoreUnavailableError("the database refused the transaction", { cause: answer.cause });
}
