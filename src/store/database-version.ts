/**
 * How a database stands to this program: `new` has nothing in it yet; `older` lacks changes that a newer program made,
 * `newer` has some that this one does not know.
 */
export type DatabaseAge = "new" | "older" | "current" | "newer";

/** The database is not as this program needs it, and is not to be changed now. */
export class DatabaseVersionError extends Error {
  readonly code: "database_older" | "database_newer";

  /** @param name of the database, see `DatabasePlace`. */
  constructor(age: "older" | "newer", name: string) {
    super(
      age === "older"
        ? `${name} was made by an older Honnin: start the service of this version once, which brings it up to date, ` +
            "or use the commands of the version whose service runs"
        : `${name} was used by a newer Honnin: use the program of that version (going back takes a backup from before)`,
    );
    this.name = "DatabaseVersionError";
    this.code = age === "older" ? "database_older" : "database_newer";
  }
}

/**
 * @param made the names of the changes that were made to it; undefined when there is nothing in it.
 * @param known the names of those that this program knows.
 */
export function ageOf(made: readonly string[] | undefined, known: readonly string[]): DatabaseAge {
  if (made === undefined) return "new";
  if (made.some((name) => !known.includes(name))) return "newer";
  return made.length < known.length ? "older" : "current";
}
