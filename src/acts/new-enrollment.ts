import type { NewEnrollment } from "../store/enrollments.js";
import type { Vault } from "../vault/vault.js";
import { pinSubject } from "../verification/code-subject.js";
import { hashCode } from "../verification/code.js";
import type { PhoneNumber } from "../verification/phone-number.js";
import type { Locale } from "../verification/prompt-id.js";
import { enrollmentHash } from "./enrollment-hash.js";

/** What a client asks to be enrolled, with nothing left open. */
export interface EnrollmentRequest {
  readonly clientId: string;
  readonly id: string;
  readonly number: PhoneNumber;
  /** As `canonicalDid` spells them, each once, in order; null: any that serves the client. */
  readonly dids: readonly string[] | null;
  /** Null: the call alone is enough. */
  readonly pin: string | null;
  readonly locale: Locale;
  /** Epoch milliseconds; null: until it is deleted. */
  readonly expiresAt: number | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** As what a request is stored. */
export function requestedEnrollment(vault: Vault, request: EnrollmentRequest, now: number): NewEnrollment {
  const { clientId, id, number, dids, pin } = request;
  const owner = { client_id: clientId, id };
  const row = {
    ...owner,
    number_cipher: vault.encipherNumber(number.e164),
    number_index: vault.indexNumber(number.e164),
    line_type: number.lineType,
    dids: dids === null ? null : JSON.stringify(dids),
    pin_hash: pin === null ? null : hashCode(vault.codeKey, pinSubject(owner), pin),
    pin_length: pin?.length ?? 0,
    locale: request.locale,
    created_at: now,
    expires_at: request.expiresAt,
    metadata: JSON.stringify(request.metadata),
  };
  return { ...row, request_hash: enrollmentHash(vault, row) };
}
