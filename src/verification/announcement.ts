import type { Locale, PromptId } from "./prompt-id.js";
import { spokenAmount } from "./spoken-amount/spoken-amount.js";
import type { Transaction } from "./transaction.js";

/** What a person is told before a code is asked for or told: the amount, and who is paid. */
export function announce({ amount, currency }: Transaction, locale: Locale): PromptId[] {
  return [
    "amount-intro",
    ...spokenAmount(amount, currency, locale),
    "pause-group",
    "payee-intro",
    // The sound of this one is that of the payee, on this call.
    "payee",
    "pause-group",
  ];
}
