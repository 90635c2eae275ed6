import type { AsteriskAbilities } from "./ari-client-messages.js";

/** The names that `DELETE /channels/{id}` has for Q.850 causes where it takes no number (16.28 and before). */
const NAMES: Readonly<Partial<Record<number, string>>> = {
  1: "unallocated",
  16: "normal",
  17: "busy",
  19: "no_answer",
  21: "rejected",
  28: "number_incomplete",
  31: "normal_unspecified",
  34: "congestion",
  42: "congestion",
  127: "interworking",
};

/** How to tell this Asterisk the cause of a hang-up; a cause without a name becomes normal clearing. */
export function hangupReason(
  q850Cause: number,
  { hangsUpByCode }: AsteriskAbilities,
): Record<string, string> {
  return hangsUpByCode ? { reason_code: String(q850Cause) } : { reason: NAMES[q850Cause] ?? "normal" };
}
