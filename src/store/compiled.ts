import type { Compilable, CompiledQuery, Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { type Manners, sessionOf } from "./session.js";

/** Stands for a parameter while a query is compiled. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query whose text is always the same, compiled by Kysely once for each kind of handle and given to the database
 * without it: building and compiling anew at each use, and Kysely's own layers around the driver, took longer than
 * SQLite needs for a row by its key. For the 25 queries that every call makes; others are written as usual.
 *
 * @param build the query, of the parameters by their names; it may use them as values only, not look at them.
 */
export function compiled<Parameters extends object, Row>(
  build: (db: Kysely<Schema>, parameters: Parameters) => Compilable<Row>,
): (db: Kysely<Schema>, parameters: Parameters) => Promise<Row[]> {
  const queries = new Map<Manners, CompiledQuery<Row>>();
  return (db, parameters) => {
    const { manners, run } = sessionOf(db);
    let query = queries.get(manners);
    if (query === undefined) {
      query = build(db, PLACEHOLDERS as Parameters).compile();
      queries.set(manners, query);
    }
    const values = query.parameters.map((value) =>
      value instanceof Placeholder ? parameters[value.name as keyof Parameters] : value,
    );
    return run(query.sql, values) as Promise<Row[]>;
  };
}

/**
 * The same for a query whose columns differ from one use to the next: compiled once for each set of them.
 *
 * @param build is given exactly the parameters that are there; one that is undefined is not.
 */
export function compiledByShape<Parameters extends object, Row>(
  build: (db: Kysely<Schema>, parameters: Parameters) => Compilable<Row>,
): (db: Kysely<Schema>, parameters: Parameters) => Promise<Row[]> {
  const byShape = new Map<string, (db: Kysely<Schema>, parameters: Parameters) => Promise<Row[]>>();
  return (db, parameters) => {
    const names = Object.keys(parameters).filter(
      (name) => parameters[name as keyof Parameters] !== undefined,
    );
    const shape = names.join();
    let query = byShape.get(shape);
    if (query === undefined) {
      const placeholders = Object.fromEntries(names.map((name) => [name, new Placeholder(name)]));
      query = compiled((handle) => build(handle, placeholders as Parameters));
      byShape.set(shape, query);
    }
    return query(db, parameters);
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
