import type { Command } from "commander";
import type { DatabasePlace, MigrationNotice } from "../store/database.js";
import { databasePlace } from "../store/dialects.js";
import { readConfig, sayMigration, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable, say } from "./output.js";

export function addDatabaseCommands(program: Command): void {
  const database = program.command("database").description("the database and its schema");
  database
    .command("status")
    .option("--json", "print JSON")
    .description(
      "version of the schema, changes that are pending, size and rows; exit 1 when it is not of this version",
    )
    .action(status);
  database
    .command("migrate")
    .option("--json", "print JSON")
    .description(
      "bring the schema up to date, as a start would; a copy of the database is kept beside it first",
    )
    .action(migrate);
}

async function status(options: { json?: true }): Promise<void> {
  const place = here();
  const age = await place.age();
  const facts = await factsOf(place);
  const version = facts.made.at(-1) ?? null;
  const unknown = facts.made.filter((name) => !place.copies.known.includes(name));
  const [bytes, kept] = [await place.copies.bytes(), await keptOf(place)];
  if (options.json) {
    const { dialect } = place.copies;
    const { pending, counts } = facts;
    printJson({ database: place.name, dialect, age, version, pending, unknown, bytes, counts, copies: kept });
  } else {
    printTable(["DATABASE", "SCHEMA", "AGE", "BYTES"], [[place.name, version ?? "", age, String(bytes)]]);
    for (const name of facts.pending) printData(`pending: ${name}`);
    for (const name of unknown) printData(`unknown to this version: ${name}`);
    printTable(
      ["TABLE", "ROWS"],
      Object.entries(facts.counts).map(([table, rows]) => [table, String(rows)]),
    );
    for (const copy of kept) printData(`copy: ${copy}`);
  }
  if (age === "older" || age === "newer") process.exitCode = EXIT.negative;
}

async function factsOf(place: DatabasePlace): ReturnType<DatabasePlace["copies"]["facts"]> {
  if (await place.exists()) return place.copies.facts();
  return { made: [], pending: place.copies.known, counts: {}, keyFingerprint: null, sounds: [] };
}

async function keptOf(place: DatabasePlace): Promise<readonly string[]> {
  return (await place.exists()) ? place.copies.kept() : [];
}

/** Where a service runs it is refused: that is of another version, which does not know the new tables. */
async function migrate(options: { json?: true }): Promise<void> {
  const place = here();
  if (!(await place.exists())) {
    throw new CommandError(`${place.name} がありません / there is no database yet`, EXIT.negative);
  }
  let done: MigrationNotice | null = null;
  await writeStore(
    () => Promise.resolve(),
    (notice) => {
      done = notice;
      sayMigration(notice);
    },
  );
  const notice = done as MigrationNotice | null;
  if (options.json) {
    printJson({ database: place.name, made: notice?.pending ?? [], copy: notice?.copy ?? null });
  } else if (notice === null) say("最新です / it is up to date");
  else if (notice.copy !== null) printData(notice.copy);
}

function here(): DatabasePlace {
  const { dataDir, databaseUrl } = readConfig();
  return databasePlace(dataDir, databaseUrl);
}
