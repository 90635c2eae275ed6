import { cancelOpenOf } from "./end-enrollment.js";
import { enrollmentHash } from "./enrollment-hash.js";
import { type EnrollmentRow, findEnrollment, updateEnrollment } from "../store/enrollments.js";
import type { Store } from "../store/store.js";

type PinRenewal =
  | { readonly kind: "renewed"; readonly enrollment: EnrollmentRow }
  /** The client has no enrollment of that id. */
  | { readonly kind: "unknown" }
  /** It is the PIN that wrong entries are counted of: they would be forgotten, and the guessing could go on. */
  | { readonly kind: "same" };

interface NewPin {
  readonly hash: Buffer;
  readonly length: number;
}

/**
 * Gives an enrollment another PIN, and its counts begin anew. What its calls have open is canceled in the same
 * transaction: from then on the old PIN is worth nothing. Sent once more, it changes nothing.
 */
export function renewPin(
  store: Store,
  clientId: string,
  id: string,
  pin: NewPin,
  now: number,
): Promise<PinRenewal> {
  return store.write(async (db): Promise<PinRenewal> => {
    const known = await findEnrollment(db, clientId, id);
    if (known === undefined) return { kind: "unknown" };
    if (known.pin_hash?.equals(pin.hash) === true) {
      const counted = known.wrong_pins_proved + known.wrong_pins_unproved > 0;
      return counted ? { kind: "same" } : { kind: "renewed", enrollment: known };
    }
    const set = { pin_hash: pin.hash, pin_length: pin.length, wrong_pins_proved: 0, wrong_pins_unproved: 0 };
    const enrollment = { ...known, ...set };
    // A repeated enrollment is compared with what holds now.
    await updateEnrollment(db, known, { ...set, request_hash: enrollmentHash(store.vault, enrollment) });
    await cancelOpenOf(db, store.vault, enrollment, now);
    return { kind: "renewed", enrollment };
  });
}
