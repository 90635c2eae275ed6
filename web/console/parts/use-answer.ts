import { useCallback, useEffect, useState } from "preact/hooks";
import { ask } from "../api.js";
import { refusalText } from "../text/refusal-text.js";

export interface Answer<Value> {
  readonly value: Value | undefined;
  /** Why it could not be had; null: it could, or is on its way. */
  readonly fault: string | null;
  /** Asks again; what is there stays until the answer comes. */
  readonly again: () => void;
}

/** What the service answers to a GET, asked anew when the path changes; null: nothing is asked. */
export function useAnswer<Value>(path: string | null): Answer<Value> {
  const [value, setValue] = useState<Value | undefined>(undefined);
  const [fault, setFault] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const left = new AbortController();
    ask<Value>("GET", path, undefined, left.signal).then(
      (answer) => {
        setValue(answer);
        setFault(null);
      },
      (error: unknown) => {
        if (!left.signal.aborted) setFault(refusalText(error));
      },
    );
    return () => {
      left.abort();
    };
  }, [path, round]);
  const again = useCallback(() => {
    setRound((before) => before + 1);
  }, []);
  return { value, fault, again };
}
