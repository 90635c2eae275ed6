/** From when on what is held against a number, or a PIN, keeps it from being asked for. */
export interface GuardLimits {
  readonly maxConsecutiveFailures: number;
  /** How long failures are held against a number after the last of them, milliseconds. */
  readonly failureLockMs: number;
  /** Wrong PINs that end the PIN of an enrollment: of proved callers in a row, and of all others together. */
  readonly maxWrongPins: number;
  /** How long a number is left alone after a fraud report, milliseconds. */
  readonly fraudBlockMs: number;
}
