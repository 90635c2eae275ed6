import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { Kysely } from "kysely";
import type { DatabasePlace } from "../store/database.js";
import type { DatabaseFacts, FileCopies } from "../store/database-copies.js";
import { databasePlace } from "../store/dialects.js";
import type { Work } from "../store/group-commit.js";
import { findMeta } from "../store/meta.js";
import type { Schema } from "../store/schema.js";
import { COMING_FINGERPRINT_KEY } from "../store/vault-binding.js";
import { BackupError } from "./backup-error.js";
import { differing, type Expected, insertRows } from "./carried-rows.js";
import { type CopiedTable, copiedTables, tablesIn } from "./copied-tables.js";
import { lastRow, pagesOf, RunningDigest } from "./row-pages.js";

/** The dialect of the database in an archive: of whichever it was made, and into whichever it is restored. */
export const FILE_DIALECT = "sqlite";

const nothing = (): void => undefined;

/** Rooms of this size are needed beside the archive, for {@link writeDatabaseFile}, in sizes of the database. */
export function roomsFor(place: DatabasePlace): number {
  return place.copies.files === null ? 2 : 1;
}

/**
 * Writes all of a database into one file, as it was at one moment, while others go on writing.
 *
 * @param pending changes of the schema that are about to be made to it: the file is of before them, and it is as good
 * as the key that it was made with, whether that is being rotated or not.
 * @throws {BackupError} `key_rotating`
 * @throws {DatabaseVersionError} of one without a form as a file that is not of this version.
 */
export async function writeDatabaseFile(
  place: DatabasePlace,
  file: string,
  pending: readonly string[] = [],
): Promise<void> {
  const { files } = place.copies;
  await (files === null ? writeRows(place, file, pending) : files.write(file));
}

/** @throws {DamagedCopyError} */
export function inspectDatabaseFile(file: string): Promise<DatabaseFacts> {
  return filesOf(fileAt(file)).inspect(file);
}

/**
 * Makes a file the database, where there is none yet: in one step, durably, and seen to be the same. The file is of no
 * use then.
 *
 * @throws {BackupError} `not_empty`, `not_the_same`
 */
export async function putDatabaseFile(place: DatabasePlace, file: string): Promise<void> {
  const { files } = place.copies;
  await (files === null ? putRows(place, file) : files.putInPlace(file));
}

function fileAt(file: string): DatabasePlace {
  return databasePlace(path.dirname(file), `${FILE_DIALECT}:${file}`);
}

function filesOf(place: DatabasePlace): FileCopies {
  if (place.copies.files === null) throw new Error("archives have a database that is a file");
  return place.copies.files;
}

async function writeRows(place: DatabasePlace, file: string, pending: readonly string[]): Promise<void> {
  const work = await mkdtemp(path.join(path.dirname(file), "rows-"));
  try {
    const draft = fileAt(path.join(work, "database"));
    const isOlder = pending.length > 0;
    const source = await place.openToRead("one", isOlder ? "older" : "current");
    try {
      if (!isOlder) await refuseRotating(source.reader);
      const made = place.copies.known.filter((name) => !pending.includes(name));
      await fill(source.reader, draft, made.at(-1));
    } finally {
      await source.close();
    }
    // Numbers that were given out after that moment are not given out again, and that is all.
    await draft.copies.countFrom(await place.copies.counters());
    await filesOf(draft).write(file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Of a database that nodes share the key may be rotated at another machine, where our lock of the key file is not. */
async function refuseRotating(db: Kysely<Schema>): Promise<void> {
  if ((await findMeta(db, COMING_FINGERPRINT_KEY)) === undefined) return;
  throw new BackupError("key_rotating", "the data key is being rotated: try again after that");
}

/** @param upTo the last change of the schema that was made to the source. */
async function fill(source: Kysely<Schema>, draft: DatabasePlace, upTo: string | undefined): Promise<void> {
  const target = await draft.open({ onCommit: nothing, ...(upTo === undefined ? {} : { upTo }) });
  try {
    // A page a transaction: in one of its own the file is worth nothing anyway until it is whole.
    await carryAll(source, target.reader, await tablesIn(target.reader), (work) => target.write(work));
  } finally {
    await target.close();
  }
}

async function putRows(place: DatabasePlace, file: string): Promise<void> {
  const copy = fileAt(file);
  // Of an older version it is brought up to date here, where nothing can be lost.
  await (await copy.open({ onCommit: nothing })).close();
  const [source, counters] = [await copy.openToRead(), await copy.copies.counters()];
  try {
    const target = await place.open({ onCommit: nothing, serves: "alone" });
    try {
      await refuseTaken(place, target.reader);
      // Before the rows, so that with them nothing is missing any more.
      await place.copies.countFrom(counters);
      // All of them in one transaction: whoever is killed leaves nothing in it.
      const tables = await copiedTables();
      await target.write((db) => carryAll(source.reader, db, tables, (work) => work(db)));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function refuseTaken(place: DatabasePlace, db: Kysely<Schema>): Promise<void> {
  for (const table of await copiedTables()) {
    if ((await lastRow(db, table)) === null) continue;
    throw new BackupError(
      "not_empty",
      `${place.name} has something in it already: a restore overwrites nothing`,
    );
  }
}

/** @param write by which the rows are written. */
async function carryAll(
  source: Kysely<Schema>,
  target: Kysely<Schema>,
  tables: readonly CopiedTable[],
  write: (work: Work<void>) => Promise<void>,
): Promise<void> {
  const expected: Expected[] = [];
  for (const table of tables) {
    const digest = new RunningDigest(table);
    for await (const page of pagesOf(source, table)) {
      digest.add(page);
      await write((db) => insertRows(db, table, page));
    }
    expected.push([table, digest.end()]);
  }
  const others = await differing(target, expected);
  if (others.length > 0) throw unlike(others);
}

function unlike(tables: readonly string[]): BackupError {
  return new BackupError(
    "not_the_same",
    `what was written is not what was read, in rows of: ${tables.join(", ")}; nothing was put in place`,
  );
}
