import type { AttemptOutcome } from "./status.js";

/** What is known of a call that was not answered, at the end of its way by one trunk. */
export interface RefusedCall {
  readonly outcome: AttemptOutcome;
  /** Asterisk, or the link to it, went away. */
  readonly lost: boolean;
  /** Final SIP status; null: there was none. */
  readonly sipStatus: number | null;
  /** Whether the trunk itself said so, and not Asterisk in its place. */
  readonly isFromTrunk: boolean;
  /** The highest provisional answer: 100, 180, 183; 0: none. */
  readonly provisional: number;
}

const TRYING = 100;
const REQUEST_TIMEOUT = 408;

/**
 * Whether another trunk may be tried without any telephone ringing twice. Never after 18x, for something may have rung
 * then; nor where the answer is the person's, or about the number: busy, declined, no such number, not reachable, rung
 * out. A trunk's own 408 may come after a telephone has rung unseen, and a redirection (3xx) is somebody's wish. What is
 * left: the trunk has no line, is out of order, does not take us, the offer or the message, cannot be reached, or has
 * said nothing at all.
 */
export function mayGoOver({ outcome, lost, sipStatus, isFromTrunk, provisional }: RefusedCall): boolean {
  if (lost || outcome !== "failed" || provisional > TRYING) return false;
  if (!isFromTrunk) return provisional === 0;
  return sipStatus !== null && sipStatus >= 400 && sipStatus !== REQUEST_TIMEOUT;
}

/**
 * Whether the trunk itself is in trouble, so that other calls had better go past it for a while. 403, 488 and their like
 * may be for one number or one offer.
 */
export function isTrunkTrouble(call: RefusedCall): boolean {
  const { sipStatus, isFromTrunk } = call;
  if (!mayGoOver(call)) return false;
  return (
    !isFromTrunk ||
    sipStatus === 401 ||
    sipStatus === 407 ||
    (sipStatus !== null && sipStatus >= 500 && sipStatus < 600)
  );
}
