import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const EVERY_MS = 100;

/** How one look at the database, out of many, finds it. */
export interface Waits {
  readonly looks: number;
  /** Of the looks, 0 to 1: a transaction that writes was under way, of whichever node. */
  readonly turnTaken: number;
  /** Sessions that waited for their turn to write, on average. */
  readonly waitForTurn: number;
  /** Of the looks at a turn, 0 to 1: its transaction waited for its node to say the next thing. */
  readonly nodeThinks: number;
}

interface Look extends Record<string, unknown> {
  readonly taken: number;
  readonly waiting: number;
  readonly idle: number;
}

/** Looks again and again, on a connection of its own, at who writes and who waits to. */
export class DatabaseWaits {
  readonly #client: pg.Client;
  readonly #looks: Look[] = [];
  readonly #ended = new AbortController();
  readonly #looking: Promise<void>;

  private constructor(client: pg.Client) {
    this.#client = client;
    this.#looking = this.#look();
  }

  static async begin(url: string): Promise<DatabaseWaits> {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    await client.connect();
    return new DatabaseWaits(client);
  }

  async end(): Promise<Waits> {
    this.#ended.abort();
    await this.#looking;
    await this.#client.end();
    const looks = this.#looks.length;
    const sum = (of: (look: Look) => number): number => this.#looks.reduce((all, look) => all + of(look), 0);
    const taken = sum((look) => look.taken);
    return {
      looks,
      turnTaken: taken / looks,
      waitForTurn: sum((look) => look.waiting) / looks,
      nodeThinks: taken === 0 ? 0 : sum((look) => look.idle) / taken,
    };
  }

  /** The lock of whoever writes is of a transaction: those of the nodes' sessions are shared, or by their names. */
  async #look(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const { rows } = await this.#client.query<Look>(
        `select count(*) filter (where l.granted)::int as taken,
             count(*) filter (where not l.granted)::int as waiting,
             count(*) filter (where l.granted and a.state = 'idle in transaction')::int as idle
           from pg_locks l join pg_stat_activity a using (pid)
           where l.locktype = 'advisory' and l.classid = ${String(OURS)} and l.objid = ${String(WRITES)}
             and l.database = (select oid from pg_database where datname = current_database())`,
      );
      if (rows[0] !== undefined) this.#looks.push(rows[0]);
      await delay(EVERY_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }
}

/** The lock by which nodes take turns: `src/store/postgres/writers-turn.ts`. */
const OURS = 0x686f6e6e;
const WRITES = 1;
