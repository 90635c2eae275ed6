import { numberIndexOf } from "../http/list-page.js";
import { wrongField } from "../http/problem.js";
import type { Search } from "../store/search-verifications.js";
import type { Store } from "../store/store.js";
import type { SearchFields } from "./contract/verifications.js";

/** @throws {Problem} `invalid_request` where the number is none. */
export function readSearch(store: Store, fields: SearchFields): Search {
  const { number, id, client, status, reason, from, to } = fields;
  const given = number === undefined || number === "" ? undefined : number;
  return {
    clientId: client ?? null,
    numberIndex: numberIndexOf(store, given, "number"),
    id: id === "" ? undefined : id,
    ...{ status, reason, from, to },
  };
}

/** Where the next page begins, for this search alone. Sealed: whoever makes one up is refused. */
export function sealCursor({ vault }: Store, search: Search, seq: number): string {
  return vault.seal(Buffer.from(String(seq)), cursorContext(search)).toString("base64url");
}

/** @throws {Problem} `invalid_request` where it is of another search, or of none. */
export function openCursor({ vault }: Store, search: Search, cursor: string): number {
  try {
    return Number(vault.unseal(Buffer.from(cursor, "base64url"), cursorContext(search)).toString());
  } catch {
    throw wrongField("cursor", "a next_cursor of an earlier answer to the same search");
  }
}

function cursorContext({ clientId, id, numberIndex, status, reason, from, to }: Search): string {
  const of = [clientId, id ?? null, numberIndex?.toString("hex") ?? null, status ?? null, reason ?? null];
  return `console cursor ${JSON.stringify([...of, from ?? null, to ?? null])}`;
}
