import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { ageOf, type DatabaseAge, DatabaseVersionError } from "../database-version.js";
import { MigrationDialect } from "./migration-compiler.js";
import type { PostgresLink } from "./postgres-link.js";
import type { PostgresLinks } from "./postgres-links.js";
import { beginFirstTurn, claimAlone, TURNS } from "./writers-turn.js";

/** The changes of the schema by their names, in order. */
export type Migrations = Readonly<Record<string, Migration>>;

/** What was made of it; undefined: nothing yet. */
export async function madeIn(link: PostgresLink): Promise<string[] | undefined> {
  const there = await link.query<{ there: boolean }>(
    "select to_regclass('kysely_migration') is not null as there",
  );
  if (there.rows[0]?.there !== true) return undefined;
  const { rows } = await link.query<{ name: string }>("select name from kysely_migration order by name");
  return rows.map(({ name }) => name);
}

export async function ageIn(link: PostgresLink, migrations: Migrations): Promise<DatabaseAge> {
  return ageOf(await madeIn(link), Object.keys(migrations));
}

interface Update {
  readonly migrations: Migrations;
  readonly name: string;
  /** This process has claimed the database for itself alone already; else nobody may serve it meanwhile. */
  readonly isClaimed: boolean;
  /** Told when nobody else can write any more, where there is something to lose; when it throws, nothing is changed. */
  readonly before: (pending: readonly string[]) => Promise<void>;
}

/**
 * All that is pending, in one transaction, while nobody else writes: of several that find an older or a new database one
 * brings it up to date, and the others wait.
 *
 * @throws {DatabaseVersionError} of a newer program's.
 * @throws {DatabaseInUseError} where a service of another version runs, which does not know the new tables.
 */
export async function bringUpToDate(links: PostgresLinks, update: Update): Promise<void> {
  await links.use(async (link) => {
    if ((await ageIn(link, update.migrations)) === "current") return;
    await beginFirstTurn(link);
    try {
      await migrate(link, update);
      await link.query("commit");
    } catch (error) {
      await link.query("rollback").catch(() => undefined);
      throw error;
    }
  });
}

/** Between two signs of life: the server lets go of a transaction in which it is asked nothing for ten seconds. */
const AWAKE_MS = 2_000;

/** Keeps our turn while something else takes its time; a process that is stopped meanwhile still loses it. */
async function awake(link: PostgresLink, work: Promise<void>): Promise<void> {
  const timer = setInterval(() => {
    // Where it fails, so does what comes after.
    link.query("select 1").catch(() => undefined);
  }, AWAKE_MS);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

async function migrate(link: PostgresLink, { migrations, name, isClaimed, before }: Update): Promise<void> {
  const made = await madeIn(link);
  const age = ageOf(made, Object.keys(migrations));
  // Another has done it while we waited for our turn.
  if (age === "current") return;
  if (age === "newer") throw new DatabaseVersionError("newer", name);
  if (!isClaimed) await claimAlone(link, "xact");
  if (made !== undefined)
    await awake(link, before(Object.keys(migrations).filter((one) => !made.includes(one))));
  await link.query(`create sequence if not exists ${TURNS}`);
  const pool = { options: {}, connect: () => Promise.resolve(link.shared()), end: () => Promise.resolve() };
  const migrator = new Migrator({
    db: new Kysely({ dialect: new MigrationDialect({ pool }) }),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    // They are in one already: ours.
    disableTransactions: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw error instanceof Error ? error : new Error("the database schema could not be brought up to date");
}
