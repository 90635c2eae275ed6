import { signal } from "@preact/signals";
import type { SearchAsked } from "../../../src/console/contract/verifications.js";

/** What stands in the fields of the search, as it was typed. */
export interface Wanted {
  readonly number: string;
  readonly id: string;
  readonly client: string;
  readonly status: NonNullable<SearchAsked["status"]> | "";
  readonly reason: NonNullable<SearchAsked["reason"]> | "";
  readonly from: string;
  readonly to: string;
}

export const EVERYTHING: Wanted = {
  number: "",
  id: "",
  client: "",
  status: "",
  reason: "",
  from: "",
  to: "",
};

/** Kept while the console is open, for whoever comes back from a page: not in an address, for it may name a number. */
export const wanted = signal<Wanted>(EVERYTHING);

/** As the service takes it. Times are of the browser's zone. */
export function asked({ from, to, ...words }: Wanted): SearchAsked {
  const given = Object.entries(words).filter(([, word]) => word !== "");
  return {
    ...(Object.fromEntries(given) as Omit<SearchAsked, "from" | "to">),
    ...(from === "" ? {} : { from: new Date(from).toISOString() }),
    ...(to === "" ? {} : { to: new Date(to).toISOString() }),
  };
}
