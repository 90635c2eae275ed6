/** Of what is asked of the server, milliseconds; 0: no limit. */
export interface Deadlines {
  /** The server breaks off a query that takes longer. */
  readonly statementMs: number;
  /** The server breaks off a query that waits longer for a lock. */
  readonly lockMs: number;
}

/** What every query and every commit of a service has to keep to. */
export const BRISK: Deadlines = { statementMs: 10_000, lockMs: 5_000 };
/** For who changes tables or reads all of them. */
export const UNHURRIED: Deadlines = { statementMs: 0, lockMs: 30_000 };
