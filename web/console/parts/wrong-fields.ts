import { useState } from "preact/hooks";
import { ApiError } from "../api.js";

/** Which fields of a form the service found wrong, so that each can say so itself. */
export function useWrongFields(): {
  readonly isWrong: (field: string) => boolean;
  readonly naming: (work: () => Promise<void>) => Promise<void>;
} {
  const [wrong, setWrong] = useState<readonly string[]>([]);
  return {
    // A field of several values is named with the place of the wrong one.
    isWrong: (field) => wrong.some((one) => one === field || one.startsWith(`${field}.`)),
    naming: async (work) => {
      setWrong([]);
      try {
        await work();
      } catch (error) {
        if (error instanceof ApiError) setWrong(error.fields);
        throw error;
      }
    },
  };
}
