/** For whom the PIN of an enrollment has come to its end. */
export const PIN_LOCKS = ["unproved_callers", "all"] as const;
export type PinLock = (typeof PIN_LOCKS)[number];

interface WrongPins {
  /** By proved callers, since the last right one. */
  readonly wrong_pins_proved: number;
  /** By unproved callers, since the PIN was set. */
  readonly wrong_pins_unproved: number;
}

/**
 * A PIN of four digits has 10,000 values, so the wrong ones are counted for its whole life: at the cap it is
 * dead, first for those who may not have the telephone, until the owner's server sets another.
 *
 * @param cap of each of the two counts.
 */
export function pinLock({ wrong_pins_proved, wrong_pins_unproved }: WrongPins, cap: number): PinLock | null {
  if (wrong_pins_proved >= cap) return "all";
  return wrong_pins_unproved >= cap ? "unproved_callers" : null;
}
