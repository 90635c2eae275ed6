import type { Store } from "../store/store.js";
import { parsePhoneNumber } from "../verification/phone-number.js";
import { Problem } from "./problem.js";

/**
 * By what a list is searched for a number.
 *
 * @throws {Problem} `invalid_request` when it is none.
 */
export function numberIndexOf(store: Store, input: string | undefined): Buffer | undefined {
  if (input === undefined) return undefined;
  const parsed = parsePhoneNumber(input);
  if (parsed.ok) return store.vault.indexNumber(parsed.number.e164);
  throw new Problem("invalid_request", "one or more fields are wrong", [
    { field: "phone_number", detail: parsed.detail },
  ]);
}

/**
 * A page of a list as the API returns it.
 *
 * @param rows newest first, and one more than `limit` where there are so many: that tells of a next page.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  seqOf: (row: Row) => number,
  present: (row: Row) => unknown,
): { readonly data: unknown[]; readonly next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(present),
    next_cursor: rows.length > limit && last !== undefined ? cursorOf(seqOf(last)) : null,
  };
}

/** Opaque to clients; see `cursor` in the schemas for the way back. */
function cursorOf(seq: number): string {
  return Buffer.from(`v1:${seq}`).toString("base64url");
}
