import { CompiledQuery, type Compilable, type Kysely } from "kysely";
import type { Schema } from "./schema.js";

/** Stands for a parameter while a query is compiled. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query whose text is always the same, compiled once. Kysely builds and compiles anew at each call, which
 * takes longer than SQLite needs for a row by its key: of the 20 queries of a call it was a third of the
 * time. For the queries that every call makes; others are written as usual.
 *
 * @param build the query, of the parameters by their names; it may use them as values only, not look at them.
 */
export function compiled<Parameters extends object, Row>(
  build: (db: Kysely<Schema>, parameters: Parameters) => Compilable<Row>,
): (db: Kysely<Schema>, parameters: Parameters) => Promise<Row[]> {
  let once: CompiledQuery<Row> | undefined;
  return async (db, parameters) => {
    once ??= build(db, PLACEHOLDERS as Parameters).compile();
    const values = once.parameters.map((value) =>
      value instanceof Placeholder ? parameters[value.name as keyof Parameters] : value,
    );
    const { rows } = await db.executeQuery<Row>({ ...once, parameters: values });
    return rows;
  };
}

/** The first row of {@link compiled}, if there is one. */
export function compiledFirst<Parameters extends object, Row>(
  build: (db: Kysely<Schema>, parameters: Parameters) => Compilable<Row>,
): (db: Kysely<Schema>, parameters: Parameters) => Promise<Row | undefined> {
  const all = compiled(build);
  return async (db, parameters) => (await all(db, parameters))[0];
}

/** Has every parameter, whatever its name. */
const PLACEHOLDERS: unknown = new Proxy(
  {},
  { get: (_target, name) => (typeof name === "string" ? new Placeholder(name) : undefined) },
);
