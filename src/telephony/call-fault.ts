/** What went wrong on a call for no fault of the person's, as words: each is in the log too, with its error. */
export const CALL_FAULTS = [
  /** Asterisk took no order to dial. */
  "not_placed",
  /** A call that came in could not be answered. */
  "not_answered",
  /** What a call that came in is for could not be found out. */
  "not_matched",
  /** The database did not rule on what was keyed: the person heard that the service has trouble. */
  "not_ruled",
  /** The code could not be read out. */
  "not_read_out",
  /** A prompt could not be played or stopped. */
  "prompt",
  /** A key was heard and could not be taken. */
  "key",
  /** There is no conversation for such a call. */
  "no_conversation",
  /** The trunk wants a proof of who we are, and was given none that it takes. */
  "trunk_credentials",
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];
