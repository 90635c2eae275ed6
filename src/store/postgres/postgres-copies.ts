import type { Counters, DatabaseCopies, DatabaseFacts } from "../database-copies.js";
import { UNHURRIED } from "./deadlines.js";
import type { PostgresLink } from "./postgres-link.js";
import { PostgresLinks } from "./postgres-links.js";
import { readPostgresUrl } from "./postgres-target.js";
import { madeIn } from "./schema-version.js";

/**
 * @param known the changes of the schema that this program knows, in order.
 * @param kept copies that were kept before it was changed.
 */
export function postgresCopies(
  url: string,
  known: readonly string[],
  kept: () => readonly string[] = () => [],
): DatabaseCopies {
  const asked = async <T>(ask: (link: PostgresLink) => Promise<T>): Promise<T> => {
    const links = new PostgresLinks(readPostgresUrl(url), { max: 1, deadlines: UNHURRIED, readsOnly: false });
    try {
      return await links.use(ask);
    } finally {
      await links.end();
    }
  };
  return {
    dialect: "postgres",
    // What the server's own programs write can be put back by nobody else.
    files: null,
    known,
    bytes: () => asked(bytesOf),
    isTaken: () => asked(hasRows),
    emptyLog: () => asked(vacuum),
    counters: () => asked(countersOf),
    countFrom: (counters) => asked((link) => countFrom(link, counters)),
    kept: () => Promise.resolve(kept()),
    facts: () => asked((link) => factsOf(link, known)),
  };
}

export async function bytesOf(link: PostgresLink): Promise<number> {
  const { rows } = await link.query<{ bytes: number }>(
    "select pg_database_size(current_database()) as bytes",
  );
  return rows[0]?.bytes ?? 0;
}

/** Tables alone take nothing away from anybody: a start that was broken off leaves them. */
async function hasRows(link: PostgresLink): Promise<boolean> {
  for (const table of await ownTablesOf(link)) {
    const { rows } = await link.query(`select 1 from "${table}" limit 1`);
    if (rows.length > 0) return true;
  }
  return false;
}

/** Rows that were overwritten are taken out of the tables; the server's write-ahead log goes its own way. */
async function vacuum(link: PostgresLink): Promise<boolean> {
  for (const table of await tablesOf(link)) await link.query(`vacuum "${table}"`);
  return true;
}

async function tablesOf(link: PostgresLink): Promise<string[]> {
  const { rows } = await link.query<{ name: string }>(
    `select table_name::text as name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** Without those in which is kept what was made of the schema. */
async function ownTablesOf(link: PostgresLink): Promise<string[]> {
  return (await tablesOf(link)).filter((name) => !name.startsWith("kysely_"));
}

async function countersOf(link: PostgresLink): Promise<Counters> {
  const { rows } = await link.query<{ name: string; counter: string }>(COUNTERS);
  const counters: Record<string, number> = {};
  for (const { name, counter } of rows) {
    const { rows: last } = await link.query<{ last: number }>(
      `select last_value as last from ${counter} where is_called`,
    );
    if (last[0] !== undefined) counters[name] = last[0].last;
  }
  return counters;
}

async function countFrom(link: PostgresLink, counters: Counters): Promise<void> {
  const { rows } = await link.query<{ name: string; counter: string }>(COUNTERS);
  for (const { name, counter } of rows) {
    const last = counters[name];
    if (last !== undefined && last > 0) await link.query("select setval($1::regclass, $2)", [counter, last]);
  }
}

/** Tables with a column that counts up, and what counts. */
const COUNTERS = `select table_name::text as name,
  pg_get_serial_sequence(quote_ident(table_name), column_name) as counter from information_schema.columns
  where table_schema = current_schema() and pg_get_serial_sequence(quote_ident(table_name), column_name) is not null`;

/** Of one moment. */
async function factsOf(link: PostgresLink, known: readonly string[]): Promise<DatabaseFacts> {
  await link.query("begin transaction isolation level repeatable read read only");
  const tables = await tablesOf(link);
  const made = (await madeIn(link)) ?? [];
  const has = (table: string): boolean => tables.includes(table);
  const counts: Record<string, number> = {};
  for (const table of await ownTablesOf(link)) {
    const { rows } = await link.query<{ n: number }>(`select count(*) as n from "${table}"`);
    counts[table] = rows[0]?.n ?? 0;
  }
  const texts = async (query: string): Promise<string[]> =>
    (await link.query<{ value: string }>(query)).rows.map(({ value }) => value);
  const fingerprints = has("meta")
    ? await texts("select value from meta where key = 'vault_fingerprint'")
    : [];
  const sounds = has("prompt_versions")
    ? await texts("select distinct sound as value from prompt_versions where length(sound) <> 64 order by 1")
    : [];
  await link.query("rollback");
  const pending = known.filter((name) => !made.includes(name));
  return { made, pending, counts, keyFingerprint: fingerprints[0] ?? null, sounds };
}
