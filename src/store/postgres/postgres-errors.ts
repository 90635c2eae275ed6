import pg from "pg";
import { StoreUnavailableError } from "../store-unavailable.js";

/**
 * Classes of SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) by which the server says that
 * it cannot do it now, whatever was asked: connection, transaction rolled back, resources, lock or time limit, shut-down,
 * input and output, read-only.
 */
const REFUSED = /^(08|40|53|55|57|58|25006|25P03|28|3D)/;

/** Whether it is the database that refuses, or is away; all else is the fault of whoever asked. */
function isRefusal(error: unknown): boolean {
  // A mistake in a program, or a value that ours cannot hold.
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return !(error instanceof pg.DatabaseError) || REFUSED.test(error.code ?? "");
}

/** What a failed query throws: one kind of error for all that is the database's own trouble. */
export function asStoreError(error: unknown): Error {
  const isOurs = error instanceof StoreUnavailableError || !isRefusal(error);
  if (isOurs && error instanceof Error) return error;
  return new StoreUnavailableError(`the database refused: ${saidOf(error)}`, {
    ...{ cause: error, mayPass: mayPass(error) },
  });
}

/** Who we are (28), and which database it is (3D): the server's answer stays the same until somebody changes it. */
const SETTLED = /^(28|3D)/;
/** Of a certificate that is not the one that was to be. */
const UNTRUSTED = /CERT|TLS/;

function mayPass(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return !SETTLED.test(error.code ?? "");
  return !(error instanceof Error && "code" in error && UNTRUSTED.test(String(error.code)));
}

/**
 * Whether the connection can be used for something else afterwards. It cannot when it broke, nor when an answer did not
 * come in time: whoever came next would get it.
 */
export function leavesUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity !== "FATAL" && error.severity !== "PANIC";
}

/**
 * Serialization failure, deadlock, and that we were held up and the server let go of a transaction in which it was asked
 * nothing: the same works may well go through a moment later.
 */
const TRANSIENT: readonly unknown[] = ["40001", "40P01", "25P03"];

/** Whether works can be tried once more, where the transaction has not come to its commit. */
export function isTransient(error: unknown): boolean {
  const cause = error instanceof StoreUnavailableError ? error.cause : error;
  return cause instanceof pg.DatabaseError && TRANSIENT.includes(cause.code);
}

/** The server's own words name tables and limits; its details would quote values, and are left out. */
function saidOf(error: unknown): string {
  if (error instanceof pg.DatabaseError) return `${error.message} (${error.code ?? ""})`;
  // Of a host with several addresses: each was tried.
  if (error instanceof AggregateError) return error.errors.map(saidOf).join(", ");
  return error instanceof Error ? error.message : String(error);
}
