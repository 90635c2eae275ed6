import * as acts from "../../src/acts/begin-attempt.js";
import type { VerificationRow } from "../../src/store/verifications.js";

/** Begins a call that is due; undefined: none was begun, for whatever reason. */
export async function beginAttempt(
  ...args: Parameters<typeof acts.beginAttempt>
): Promise<VerificationRow | undefined> {
  const begun = await acts.beginAttempt(...args);
  return begun.kind === "begun" ? begun.verification : undefined;
}
