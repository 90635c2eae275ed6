import { v7 as uuidv7 } from "uuid";
import type { EnrollmentRow } from "../store/enrollments.js";
import { sealCode } from "../store/sealed-columns.js";
import { transactionColumns } from "../store/sealed-transaction.js";
import type { NewVerification } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { codeSubject } from "../verification/code-subject.js";
import { hashCode } from "../verification/code.js";
import type { Chain } from "../verification/chain.js";
import { MINUTE_MS } from "../verification/durations.js";
import type { PhoneNumber } from "../verification/phone-number.js";
import type { Locale } from "../verification/prompt-id.js";
import type { Channel, Direction, Method } from "../verification/request-terms.js";
import type { Transaction } from "../verification/transaction.js";

/** What a client asks to be verified, with nothing left open. */
export interface VerificationRequest {
  readonly clientId: string;
  readonly id: string;
  /** All that was asked, in one spelling: what a repeated request is known by. */
  readonly said: string;
  readonly number: PhoneNumber;
  /** Inbound: the number to call, as `canonicalDid` spells it. */
  readonly did: string | null;
  readonly direction: Direction;
  /** The first of them. */
  readonly channel: Channel;
  /** Null: that one alone. */
  readonly chain: Chain | null;
  readonly method: Method;
  readonly locale: Locale;
  /** Null: the call alone is enough. */
  readonly code: string | null;
  /** Whether the client has chosen the code. */
  readonly ownCode: boolean;
  /** Whether the code is kept in a form that can be read again. */
  readonly keepsCode: boolean;
  readonly maxCodeEntries: number;
  readonly maxCallAttempts: number;
  readonly lifeMs: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the code agrees to; null: to nothing but the number. */
  readonly transaction?: Transaction | null;
}

/** A verification of which nothing has happened yet. */
const FRESH = { status: "pending", code_entries: 0, attempts_made: 0 } as const;

/** As what a request is stored. An outbound call, or a message, is due at once. */
export function requestedVerification(
  vault: Vault,
  request: VerificationRequest,
  now: number,
): NewVerification {
  const { clientId, id, number, code, direction } = request;
  const owner = { client_id: clientId, id };
  const transaction = request.transaction ?? null;
  const request_hash = vault.hashRequest(request.said);
  return {
    ...FRESH,
    ...owner,
    request_hash,
    number_cipher: vault.encipherNumber(number.e164),
    number_index: vault.indexNumber(number.e164),
    line_type: number.lineType,
    direction,
    channel: request.channel,
    chain: request.chain === null ? null : JSON.stringify(request.chain),
    next_channel: request.channel,
    own_code: request.ownCode ? 1 : 0,
    method: request.method,
    locale: request.locale,
    code_hash: code === null ? null : hashCode(vault.codeKey, codeSubject(owner, transaction), code),
    code_cipher: code === null || !request.keepsCode ? null : sealCode(vault, owner, code),
    code_length: code?.length ?? 0,
    max_code_entries: request.maxCodeEntries,
    max_call_attempts: request.maxCallAttempts,
    created_at: now,
    expires_at: now + request.lifeMs,
    next_attempt_at: direction === "inbound" ? null : now,
    did: request.did,
    metadata: JSON.stringify(request.metadata),
    ...transactionColumns(vault, { request_hash }, transaction),
  };
}

/** How long a call of an enrolled number may take to its PIN, calls again included. */
const ENROLLED_LIFE_MS = 5 * MINUTE_MS;
const MAX_PIN_ENTRIES = 3;

/** By when such a call has to have come to its PIN: whoever hangs up may call again, but not past the enrollment's end. */
export function enrolledDeadline(
  enrollment: Pick<EnrollmentRow, "expires_at"> | undefined,
  now: number,
): number {
  const wholeTime = now + ENROLLED_LIFE_MS;
  return Math.min(wholeTime, enrollment?.expires_at ?? wholeTime);
}

/** As what a call of an enrolled number is stored. */
export function enrolledVerification(
  vault: Vault,
  enrollment: EnrollmentRow,
  did: string,
  now: number,
): NewVerification {
  return {
    ...FRESH,
    client_id: enrollment.client_id,
    id: `ver_${uuidv7()}`,
    request_hash: vault.hashRequest(`enrollment\0${enrollment.client_id}\0${enrollment.id}`),
    number_cipher: enrollment.number_cipher,
    number_index: enrollment.number_index,
    line_type: enrollment.line_type,
    direction: "inbound",
    channel: "voice",
    method: enrollment.pin_hash === null ? "caller_id" : "keypad",
    locale: enrollment.locale,
    code_hash: enrollment.pin_hash,
    code_length: enrollment.pin_length,
    max_code_entries: MAX_PIN_ENTRIES,
    max_call_attempts: 1,
    created_at: now,
    expires_at: enrolledDeadline(enrollment, now),
    did,
    enrollment_id: enrollment.id,
    metadata: enrollment.metadata,
  };
}
