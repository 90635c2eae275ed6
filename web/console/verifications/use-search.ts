import { useRef, useState } from "preact/hooks";
import type { Found, VerificationInShort } from "../../../src/console/contract/verifications.js";
import { ApiError, ask } from "../api.js";
import { refusalText } from "../text/refusal-text.js";
import { asked, type Wanted } from "./searched.js";

/** The pages so far of one search. */
export interface Shown {
  readonly search: Wanted;
  readonly lines: readonly VerificationInShort[];
  readonly next: string | null;
}

interface Search {
  /** Null: nothing was found yet, or it could not be looked for. */
  readonly shown: Shown | null;
  readonly busy: boolean;
  readonly fault: string | null;
  /** What was given as a number is none. */
  readonly isNumberWrong: boolean;
  readonly begin: (search: Wanted) => void;
  /** The next page of what is shown. */
  readonly more: () => void;
}

/** Looks for verifications. The latest search counts: an answer to one before it is not shown. */
export function useSearch(): Search {
  const [shown, setShown] = useState<Shown | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [isNumberWrong, setNumberWrong] = useState(false);
  const latest = useRef(0);
  const load = async (search: Wanted, before: Shown | null): Promise<void> => {
    latest.current += 1;
    const nth = latest.current;
    setBusy(true);
    setFault(null);
    setNumberWrong(false);
    try {
      const cursor = before?.next ?? null;
      const body = { ...asked(search), ...(cursor === null ? {} : { cursor }) };
      const page = await ask<Found>("POST", "verifications/search", body);
      if (nth !== latest.current) return;
      const lines = [...(before?.lines ?? []), ...page.verifications];
      setShown({ search, lines, next: page.next_cursor });
    } catch (error) {
      if (nth !== latest.current) return;
      // What another search has found would stand below what is looked for now.
      if (before === null) setShown(null);
      if (error instanceof ApiError && error.fields.includes("number")) setNumberWrong(true);
      else setFault(refusalText(error));
    } finally {
      if (nth === latest.current) setBusy(false);
    }
  };
  return {
    ...{ shown, busy, fault, isNumberWrong },
    begin: (search) => void load(search, null),
    more: () => {
      if (typeof shown?.next === "string" && !busy) void load(shown.search, shown);
    },
  };
}
