import { type Kysely, type QueryResult, sql } from "kysely";
import type { Database } from "../database.js";
import { DatabaseVersionError } from "../database-version.js";
import type { Schema } from "../schema.js";
import { StoreUnavailableError } from "../store-unavailable.js";
import { BRISK, UNHURRIED } from "./deadlines.js";
import { handleOver, readerOver } from "./postgres-handle.js";
import { PostgresLinks } from "./postgres-links.js";
import { PostgresMeter } from "./postgres-meter.js";
import type { PostgresTarget } from "./postgres-target.js";
import { ageIn, type Migrations } from "./schema-version.js";
import { ServerTime } from "./server-time.js";

/** What a dialect that has no files of its own needs of others. */
export interface Surroundings {
  readonly migrations: Migrations;
  /** An empty database that is gone with the process. */
  readonly openEmpty: () => Promise<Database>;
  /** Copies that were kept before its schema was changed; undefined: none are. */
  readonly kept?: () => readonly string[];
}

/** Reads at the same time: a call reads a few rows by their keys, so that these are busy at hundreds of calls a second. */
const READERS = 8;
export const READING = { max: READERS, deadlines: BRISK, readsOnly: true };
/**
 * As long as it is open the server keeps all rows that anybody overwrites: whoever was stopped between two queries is not
 * waited for, but a disk of ours that is slow to take a page is.
 */
const SNAPSHOT = { max: 1, deadlines: UNHURRIED, readsOnly: true, idleInTransactionMs: 120_000 };

interface Reading {
  readonly reader: Kysely<Schema>;
  readonly end: () => Promise<void>;
}

/** See `DatabasePlace.openToRead`. */
export async function openToRead(
  target: PostgresTarget,
  { migrations, openEmpty }: Surroundings,
  moments: "each" | "one" = "each",
  ages: "current" | "older" = "current",
): Promise<Database> {
  const links = new PostgresLinks(target, moments === "one" ? SNAPSHOT : READING);
  try {
    const age = await links.use((link) => ageIn(link, migrations));
    if (age === "new") {
      await links.end();
      return await openEmpty();
    }
    if (age !== "current" && age !== ages) throw new DatabaseVersionError(age, target.name);
    const { reader, end } = await (moments === "one" ? ofOneMoment(links) : ofEach(links));
    return await opened(target, reader, end).catch(async (error: unknown) => {
      await end();
      throw error;
    });
  } catch (error) {
    await links.end();
    throw error;
  }
}

async function opened(
  target: PostgresTarget,
  reader: Kysely<Schema>,
  end: () => Promise<void>,
): Promise<Database> {
  const time = new ServerTime();
  time.told(Number((await timeIn(reader)).rows[0]?.time));
  const meter = new PostgresMeter(target);
  const refused = (): Promise<never> =>
    Promise.reject(new StoreUnavailableError("the database was opened to be read"));
  return {
    reader,
    // A command is over before anybody would ask twice.
    foreignVersion: 0,
    isShared: true,
    now: () => time.now(),
    joinBy: refused,
    write: refused,
    meter,
    async close() {
      await Promise.all([meter.close(), end()]);
    },
  };
}

function ofEach(links: PostgresLinks): Promise<Reading> {
  return Promise.resolve({ reader: readerOver(links), end: () => links.end() });
}

/** In one transaction, which ends with its connection. */
async function ofOneMoment(links: PostgresLinks): Promise<Reading> {
  const link = await links.connect();
  const end = (): Promise<void> => {
    link.release(true);
    return links.end();
  };
  const reader = handleOver(link, "reads");
  try {
    await link.query("begin transaction isolation level repeatable read read only");
    // The moment is that of the first query.
    await timeIn(reader);
    return { reader, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function timeIn(db: Kysely<Schema>): Promise<QueryResult<{ time: number }>> {
  return sql<{
    time: number;
  }>`select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as time`.execute(db);
}
