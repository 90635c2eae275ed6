import {
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresDialect,
  replaceWithNoncontingentExpression,
} from "kysely";
import type { Schema } from "../schema.js";
import { type Manners, runsBy } from "../session.js";
import type { PostgresLink } from "./postgres-link.js";
import type { PostgresLinks } from "./postgres-links.js";

const READING: Manners = { holdsRows: false, plansBySyntax: false, answersAtOnce: false };
/**
 * Writers come one after another, by a lock of ours. The rows are held all the same: from whoever does not know of that
 * lock, a person at a prompt.
 */
const WRITING: Manners = { holdsRows: true, plansBySyntax: false, answersAtOnce: false };

/** `in ()` is no error in SQLite, and true of nothing. */
const PLUGINS = [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })];

/** Each query by whichever connection is free. */
export function readerOver(links: PostgresLinks): Kysely<Schema> {
  const reader = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: links }), plugins: PLUGINS });
  runsBy(reader, {
    manners: READING,
    run: (sql, values) => links.use((link) => link.prepared(sql, values)),
  });
  return reader;
}

/** All queries by one connection, which whoever took it gives back. */
export function handleOver(link: PostgresLink, does: "reads" | "writes" = "writes"): Kysely<Schema> {
  const pool = { options: {}, connect: () => Promise.resolve(link.shared()), end: () => Promise.resolve() };
  const handle = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins: PLUGINS });
  const manners = does === "reads" ? READING : WRITING;
  runsBy(handle, { manners, run: (sql, values) => link.prepared(sql, values) });
  return handle;
}
