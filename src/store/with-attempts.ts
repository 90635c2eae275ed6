import type { Selectable } from "kysely";
import type { AttemptRow } from "./attempts.js";
import type { AttemptTable, VerificationTable } from "./schema.js";

/**
 * Verifications with their calls are read by one statement. By two, what is committed between them would be seen by half:
 * a call that has ended, of a verification that is in progress still.
 */

const PREFIX = "of_attempt_";

/** All columns of an attempt: the compiler misses one that is not here. */
const COLUMNS: Readonly<Record<keyof AttemptTable, true>> = {
  id: true,
  verification_seq: true,
  direction: true,
  channel: true,
  started_at: true,
  ringing_at: true,
  answered_at: true,
  ended_at: true,
  trunk: true,
  outcome: true,
  sip_status: true,
  q850_cause: true,
  caller_evidence: true,
  caller_proved: true,
  cost: true,
  price: true,
  turned_away: true,
  note: true,
  waits: true,
  gateway: true,
  gateway_reference: true,
  gateway_error: true,
  parts: true,
  delivered_at: true,
  story: true,
  node: true,
  node_epoch: true,
};
const NAMES = Object.keys(COLUMNS) as (keyof AttemptTable)[];

/** For `select`, of the table `attempts` that is joined to verifications. */
export const ATTEMPT_COLUMNS = NAMES.map((name) => `attempts.${name} as ${PREFIX}${name}` as const);

/** A verification, and one of its attempts; all of that is null where it has none. */
type Joined = Selectable<VerificationTable> & { readonly of_attempt_id: unknown };

/** One for each verification, in the order of the rows, with its attempts in theirs. */
export function gathered(
  rows: readonly Joined[],
): { readonly verification: Selectable<VerificationTable>; readonly attempts: readonly AttemptRow[] }[] {
  const found: { verification: Selectable<VerificationTable>; attempts: AttemptRow[] }[] = [];
  for (const row of rows) {
    let last = found.at(-1);
    if (last?.verification.seq !== row.seq) {
      last = { verification: ofVerification(row), attempts: [] };
      found.push(last);
    }
    if (row.of_attempt_id !== null) last.attempts.push(ofAttempt(row));
  }
  return found;
}

/** Of the rows of verifications: the same in each, and known from the first. */
let own: readonly (keyof VerificationTable)[] | undefined;

function ofVerification(row: Joined): Selectable<VerificationTable> {
  own ??= Object.keys(row).filter((name) => !name.startsWith(PREFIX)) as (keyof VerificationTable)[];
  const verification: Partial<Record<keyof VerificationTable, unknown>> = {};
  for (const name of own) verification[name] = row[name];
  return verification as Selectable<VerificationTable>;
}

const PREFIXED = NAMES.map((name) => [name, PREFIX + name] as const);

function ofAttempt(row: Joined): AttemptRow {
  const all = row as unknown as Readonly<Record<string, unknown>>;
  const attempt: Partial<Record<keyof AttemptTable, unknown>> = {};
  for (const [name, prefixed] of PREFIXED) attempt[name] = all[prefixed];
  return attempt as AttemptRow;
}
