import pg from "pg";

const { builtins } = pg.types;

/**
 * How values of the database become JavaScript's. Whole numbers are JavaScript numbers, as SQLite gives them: times,
 * sums, counts. One that a number cannot hold exactly is refused and never rounded.
 */
export const EXACT_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (id, format) =>
    id === builtins.INT8 || id === builtins.NUMERIC ? exact : (pg.types.getTypeParser(id, format) as unknown),
};

/** @throws {RangeError} */
function exact(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError("the database gave a number that is not a whole one below 2^53");
}
