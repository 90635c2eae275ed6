import { useState } from "preact/hooks";
import { refusalText } from "../text/refusal-text.js";

export interface Action<Given extends readonly unknown[]> {
  /** Does it, unless it is being done. */
  readonly act: (...given: Given) => void;
  readonly busy: boolean;
  readonly fault: string | null;
  readonly clear: () => void;
}

/** Something that a person does: once at a time, and what goes wrong is told. */
export function useAction<Given extends readonly unknown[]>(
  work: (...given: Given) => Promise<void>,
): Action<Given> {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const act = (...given: Given): void => {
    if (busy) return;
    setBusy(true);
    setFault(null);
    work(...given)
      .catch((error: unknown) => {
        setFault(refusalText(error));
      })
      .finally(() => {
        setBusy(false);
      });
  };
  return {
    act,
    busy,
    fault,
    clear: () => {
      setFault(null);
    },
  };
}
