import type { Database, DatabasePlace, Opening } from "../database.js";
import { GroupCommit } from "../group-commit.js";
import type { NodeIdentity } from "../nodes.js";
import { OthersHints } from "./others-hints.js";
import { postgresCopies } from "./postgres-copies.js";
import { openToRead, READING, type Surroundings } from "./open-to-read.js";
import { readerOver } from "./postgres-handle.js";
import { PostgresLinks } from "./postgres-links.js";
import { BRISK, UNHURRIED } from "./deadlines.js";
import { PostgresMeter } from "./postgres-meter.js";
import { type PostgresTarget, readPostgresUrl } from "./postgres-target.js";
import { ageIn, bringUpToDate, madeIn, type Migrations } from "./schema-version.js";
import { ServerTime } from "./server-time.js";
import { Settlement } from "./settlement.js";
import { transactOn } from "./transaction.js";
import { writingLinks } from "./writing-links.js";
import type { Turn } from "./writers-turn.js";

/** A PostgreSQL database. */
export function postgresAt(url: string, surroundings: Surroundings): DatabasePlace {
  const { migrations } = surroundings;
  return {
    name: nameIn(url),
    folders: [],
    exists: () => asking(url, async (links) => (await links.use(madeIn)) !== undefined),
    age: () => asking(url, (links) => links.use((link) => ageIn(link, migrations))),
    open: (opening) => open(readPostgresUrl(url), migrations, opening),
    openToRead: (moments, ages) => openToRead(readPostgresUrl(url), surroundings, moments, ages),
    copies: postgresCopies(url, Object.keys(migrations), surroundings.kept),
    // Its server looks after its pages, and nobody can hold our lock for longer than the server allows.
    examine: () => Promise.resolve({ damage: [], heldBy: null }),
  };
}

/** What is wrong with the URL is told when the database is asked for something. */
function nameIn(url: string): string {
  try {
    return readPostgresUrl(url).name;
  } catch {
    return "postgres";
  }
}

async function asking<T>(url: string, ask: (links: PostgresLinks) => Promise<T>): Promise<T> {
  const links = new PostgresLinks(readPostgresUrl(url), { max: 1, deadlines: BRISK, readsOnly: true });
  try {
    return await ask(links);
  } finally {
    await links.end();
  }
}

/** One connection that writes, some that read, and for a moment one that brings the schema up to date. */
async function open(target: PostgresTarget, migrations: Migrations, opening: Opening): Promise<Database> {
  const { onCommit, onBatch, serves, forOthers = () => null, onOthers } = opening;
  // A node claims its place when the schema is right: none of another version serves then.
  const claimsFirst = serves === "alone";
  const claimed = claimsFirst ? await writingLinks(target, serves) : null;
  const reading = new PostgresLinks(target, READING);
  let writing: PostgresLinks;
  try {
    await updateSchema(target, migrations, opening, claimsFirst);
    writing = claimed ?? (await writingLinks(target, serves));
  } catch (error) {
    await Promise.all([claimed?.end(), reading.end()]);
    throw error;
  }
  const settlement = new Settlement(reading);
  const turns = new OthersTurns();
  const time = new ServerTime();
  let me: NodeIdentity | undefined;
  const onTurn = (turn: Turn): void => {
    turns.had(turn.number);
    time.told(turn.time);
  };
  const surroundings = { settlement, onTurn, onCommit, forOthers };
  const commits = new GroupCommit(
    transactOn(writing, surroundings, () => me),
    onBatch,
  );
  const join = transactOn(writing, surroundings, () => undefined);
  const meter = new PostgresMeter(target);
  const hints =
    onOthers &&
    new OthersHints(target, (told) => {
      turns.heard();
      onOthers(told);
    });
  return {
    reader: readerOver(reading),
    isShared: true,
    get foreignVersion() {
      return turns.version;
    },
    now: () => time.now(),
    async joinBy(work) {
      [me] = (await join([work])) as [NodeIdentity];
      return me;
    },
    write: (work, urgency) => commits.run(work, urgency),
    meter,
    async close() {
      await hints?.close();
      await commits.close();
      settlement.close();
      await Promise.all([meter.close(), writing.end(), reading.end()]);
    },
  };
}

async function updateSchema(
  target: PostgresTarget,
  migrations: Migrations,
  { onMigration = () => undefined, keepCopy }: Opening,
  isClaimed: boolean,
): Promise<void> {
  const links = new PostgresLinks(target, { max: 1, deadlines: UNHURRIED, readsOnly: false });
  const { name } = target;
  try {
    await bringUpToDate(links, {
      ...{ migrations, name, isClaimed },
      before: async (pending) => {
        const tell = (copy: string | null): void => {
          onMigration({ database: name, pending, copy });
        };
        if (keepCopy === undefined) tell(null);
        else await keepCopy(pending, tell);
      },
    });
  } finally {
    await links.end();
  }
}

/** Counts the transactions of others by the gaps between the numbers of ours: known at each commit, for nothing. */
class OthersTurns {
  #last: number | undefined;
  #version = 0;

  get version(): number {
    return this.#version;
  }

  had(turn: number): void {
    if (this.#last !== undefined && turn !== this.#last + 1) this.#version += 1;
    this.#last = turn;
  }

  /** Somebody else has told of his. */
  heard(): void {
    this.#version += 1;
  }
}
