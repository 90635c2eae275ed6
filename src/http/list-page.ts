import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { parsePhoneNumber } from "../verification/phone-number.js";
import { wrongField } from "./problem.js";

/**
 * By what a list is searched for a number.
 *
 * @throws {Problem} `invalid_request` when it is none.
 */
export function numberIndexOf(
  store: Store,
  input: string | undefined,
  field = "phone_number",
): Buffer | undefined {
  if (input === undefined) return undefined;
  const parsed = parsePhoneNumber(input);
  if (parsed.ok) return store.vault.indexNumber(parsed.number.e164);
  throw wrongField(field, parsed.detail);
}

/**
 * What a cursor is of: whose list, which one, and by what it was searched. Not by when: that moves the far end of the
 * list alone. A cursor of another search would leave out the newest without a word.
 */
export interface Listed {
  readonly clientId: string;
  readonly list: "verifications" | "enrollments";
  readonly status?: string | undefined;
  readonly numberIndex?: Buffer | undefined;
}

/** What makes a page of a client's list. */
export interface PageParts<Row> {
  readonly vault: Vault;
  readonly of: Listed;
  readonly limit: number;
  readonly seqOf: (row: Row) => number;
  readonly present: (row: Row) => unknown;
}

/**
 * A page of a list as the API returns it.
 *
 * @param rows newest first, and one more than `limit` where there are so many: that tells of a next page.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  { vault, of, limit, seqOf, present }: PageParts<Row>,
): { readonly data: unknown[]; readonly next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    data: page.map(present),
    next_cursor: more
      ? vault.seal(Buffer.from(String(seqOf(last))), cursorContext(of)).toString("base64url")
      : null,
  };
}

/**
 * Where the page after a cursor begins. Sealed, for numbers run on over all clients: who could read them would learn
 * how many verifications the others make.
 *
 * @throws {Problem} `invalid_request` when this client was never given it for this list.
 */
export function readCursor(vault: Vault, of: Listed, cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  try {
    return Number(vault.unseal(Buffer.from(cursor, "base64url"), cursorContext(of)).toString());
  } catch {
    throw wrongField("cursor", "a next_cursor of an earlier answer of this list, with the same filters");
  }
}

function cursorContext({ clientId, list, status = "", numberIndex }: Listed): string {
  return `cursor ${clientId} ${list} ${status} ${numberIndex?.toString("hex") ?? ""}`;
}
