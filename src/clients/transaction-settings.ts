import { z } from "zod";
import type { Description } from "./setting-description.js";

/** What a client may set of its transactions. */
export const TRANSACTION_FIELDS = {
  unspoken_payee: z.boolean().default(false),
};

export const TRANSACTION_SETTINGS = {
  unspoken_payee: {
    kind: "flag",
    expected: "true or false",
    meaning:
      "call for a transaction although its payee cannot be said: the call then names the amount, and the payee on the screen. Otherwise 422 payee_not_speakable",
  },
} as const satisfies Readonly<Record<keyof typeof TRANSACTION_FIELDS, Description>>;
