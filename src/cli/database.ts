import type { Command } from "commander";
import type { DatabasePlace, MigrationNotice } from "../store/database.js";
import { copyDatabase } from "../backup/copy-database.js";
import { lockDataDir } from "../service/instance-lock.js";
import { DATABASE_URL } from "../settings.js";
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
  database
    .command("copy")
    .requiredOption("--from <url>", "sqlite:PATH, or postgres://USER@HOST/DATABASE?password_file=FILE")
    .requiredOption("--to <url>", "likewise: an empty database, or a copy that was broken off")
    .option("--json", "print JSON")
    .description(
      "carry everything from one database to another while no service runs, and compare both row by row; broken off, it goes on where it was",
    )
    .action(copy);
}

/** The key stays where it is: in the data directory. */
async function copy({ from, to, json }: { from: string; to: string; json?: true }): Promise<void> {
  const { dataDir } = readConfig();
  const wrong = [from, to].find((url) => !DATABASE_URL.test(url));
  // A password may be in it.
  if (wrong !== undefined)
    throw new CommandError("--from and --to want sqlite:PATH or postgres://…", EXIT.usage);
  const unlock = lockDataDir(dataDir);
  try {
    const [source, target] = [databasePlace(dataDir, from), databasePlace(dataDir, to)];
    if (source.name === target.name) throw new CommandError("--from and --to are the same", EXIT.usage);
    const tables = await copyDatabase({
      ...{ from: source, to: target },
      onTable: ({ table, rows, found }) => {
        say(found === 0 ? `${table}: ${String(rows)}` : `${table}: ${String(rows)} (${String(found)} found)`);
      },
    });
    if (json) printJson({ from: source.name, to: target.name, tables });
    else printData(target.name);
  } finally {
    unlock();
  }
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
