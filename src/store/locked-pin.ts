import type { PinLock } from "../verification/pin-lock.js";

/** An enrolment whose PIN has just come to its end. */
export interface LockedPin {
  readonly clientId: string;
  readonly enrollmentId: string;
  readonly for: PinLock;
}
