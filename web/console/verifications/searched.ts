import { signal } from "@preact/signals";
import type { SearchAsked } from "../../../src/console/contract/verifications.js";
import { FAILURE_REASONS, VERIFICATION_STATUSES } from "../../../src/verification/status.js";

/** What stands in the fields of the search. */
export interface Wanted {
  readonly number: string;
  readonly id: string;
  readonly client: string;
  readonly status: NonNullable<SearchAsked["status"]> | "";
  readonly reason: NonNullable<SearchAsked["reason"]> | "";
  /** As it was typed, in the browser's zone; or, where it was not, RFC 3339 with a zone. */
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

/** What an address asks for: the statistics lead here. Numbers and ids are not read from it. */
export function wantedOf(query: URLSearchParams): Wanted {
  const word = (name: string): string => query.get(name) ?? "";
  return {
    ...EVERYTHING,
    client: word("client"),
    status: VERIFICATION_STATUSES.find((one) => one === word("status")) ?? "",
    reason: FAILURE_REASONS.find((one) => one === word("reason")) ?? "",
    from: exact(word("from")),
    to: exact(word("to")),
  };
}

/** As the service takes it. */
export function asked({ from, to, ...words }: Wanted): SearchAsked {
  const given = Object.entries(words).filter(([, word]) => word !== "");
  return {
    ...(Object.fromEntries(given) as Omit<SearchAsked, "from" | "to">),
    ...(from === "" ? {} : { from: exact(from) }),
    ...(to === "" ? {} : { to: exact(to) }),
  };
}

/** As a field for a time without a zone shows it: what is not edited keeps what the field cannot show. */
export function inField(time: string): string {
  if (!time.endsWith("Z")) return time;
  const at = new Date(time);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** "": it is no time. */
function exact(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}
