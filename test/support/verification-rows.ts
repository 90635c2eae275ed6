import type { NewVerification } from "../../src/store/verifications.js";
import { codeSubject } from "../../src/verification/code-subject.js";
import type { Store } from "../../src/store/store.js";
import { hashCode } from "../../src/verification/code.js";
import type { E164 } from "../../src/verification/phone-number.js";

export const NUMBER = "+819012345678" as E164;
export const CODE = "271828";

/** A verification of that client and id as the API would store it, called at once, with one try at the code. */
export function verificationRow(store: Store, clientId: string, id: string, now: number): NewVerification {
  return {
    client_id: clientId,
    id,
    request_hash: Buffer.alloc(32),
    status: "pending",
    number_cipher: store.vault.encipherNumber(NUMBER),
    number_index: store.vault.indexNumber(NUMBER),
    line_type: "mobile",
    direction: "outbound",
    channel: "voice",
    method: "keypad",
    locale: "ja",
    code_hash: hashCode(store.vault.codeKey, codeSubject({ client_id: clientId, id }), CODE),
    code_length: CODE.length,
    max_code_entries: 1,
    code_entries: 0,
    max_call_attempts: 1,
    attempts_made: 0,
    created_at: now,
    expires_at: now + 300_000,
    next_attempt_at: now,
    metadata: "{}",
  };
}
