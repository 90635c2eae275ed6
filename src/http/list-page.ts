import type { Store } from "../store/store.js";
import { parsePhoneNumber } from "../verification/phone-number.js";
import { Problem } from "./problem.js";

/**
 * By what a list is searched for a number.
 *
 * @throws {Problem} `invalid_request` when it is none.
 */
export function numberIndexOf(store: Store, input: string | undefined): Buffer | undefined {
  if (input === undefined) return undefined;
  const parsed = parsePhoneNumber(input);
  if (parsed.ok) return store.vault.indexNumber(parsed.number.e164);
  throw new Problem("invalid_request", "one or more fields are wrong", [
    { field: "phone_number", detail: parsed.detail },
  ]);
}

/** Opaque to clients; see `cursor` in the schemas for the way back. */
export function cursorOf(seq: number): string {
  return Buffer.from(`v1:${seq}`).toString("base64url");
}
