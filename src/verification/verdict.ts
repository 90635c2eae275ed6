/** 3GPP TS 24.229 section 7.2A.20: the network vouches for an identity that it has itself found to be wrong. */
const FOUND_WRONG = /^tn-validation-failed/i;

export function isFoundWrong(verdict: string): boolean {
  return FOUND_WRONG.test(verdict);
}

/**
 * The verdict that holds where several were said of one number: one that found it to be wrong, else whoever writes
 * another beside the network's would undo it; of others that differ none.
 */
export function verdictThatHolds(said: readonly string[]): string | null {
  const verdicts = [...new Set(said)];
  const [only = null, ...others] = verdicts;
  return verdicts.find(isFoundWrong) ?? (others.length === 0 ? only : null);
}
