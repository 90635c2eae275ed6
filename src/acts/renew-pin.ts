import { cancelOpenOf, hintCanceled } from "./end-enrollment.js";
import { enrollmentHash } from "./enrollment-hash.js";
import { type EnrollmentRow, findEnrollment } from "../store/enrollments.js";
import type { Store } from "../store/store.js";

type PinRenewal =
  | { readonly kind: "renewed"; readonly enrollment: EnrollmentRow }
  /** The client has no enrolment of that id. */
  | { readonly kind: "unknown" }
  /** It is the PIN that wrong entries are counted of: they would be forgotten, and the guessing could go on. */
  | { readonly kind: "same" };

interface NewPin {
  readonly hash: Buffer;
  readonly length: number;
}

/**
 * Gives an enrolment another PIN, and its counts begin anew. What its calls have open is canceled in the same
 * transaction: from then on the old PIN is worth nothing. Sent once more, it changes nothing.
 */
export async function renewPin(
  store: Store,
  clientId: string,
  id: string,
  pin: NewPin,
  now: number,
): Promise<PinRenewal> {
  const { renewal, canceled } = await store.write(async (db): Promise<Outcome> => {
    const known = await findEnrollment(db, clientId, id);
    if (known === undefined) return { renewal: { kind: "unknown" }, canceled: [] };
    if (known.pin_hash?.equals(pin.hash) === true) {
      const counted = known.wrong_pins_proved + known.wrong_pins_unproved > 0;
      return { renewal: counted ? { kind: "same" } : { kind: "renewed", enrollment: known }, canceled: [] };
    }
    const set = { pin_hash: pin.hash, pin_length: pin.length, wrong_pins_proved: 0, wrong_pins_unproved: 0 };
    const enrollment = { ...known, ...set };
    // A repeated enrolment is compared with what holds now.
    const request_hash = enrollmentHash(store.vault, enrollment);
    await db
      .updateTable("enrollments")
      .set({ ...set, request_hash })
      .where("seq", "=", known.seq)
      .execute();
    const canceled = await cancelOpenOf(db, store.vault, enrollment, now);
    return { renewal: { kind: "renewed", enrollment }, canceled };
  });
  hintCanceled(store, canceled);
  return renewal;
}

interface Outcome {
  readonly renewal: PinRenewal;
  /** Verifications that were. */
  readonly canceled: readonly number[];
}
