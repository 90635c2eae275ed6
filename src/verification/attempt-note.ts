/** What an operator can act on, of a call that went wrong for no fault of the person's. */
export const ATTEMPT_NOTES = [
  /** Nobody heard a key, and telephone events came by a payload number that was not agreed upon. */
  "keys_in_unknown_payload",
  /** Keys came from another address than the peer's, which sent no voice; they did not count. */
  "keys_from_stranger",
] as const;
export type AttemptNote = (typeof ATTEMPT_NOTES)[number];
