import { v7 as uuidv7 } from "uuid";
import { didsOfClient } from "../store/client-dids.js";
import { enrollmentHash } from "../acts/enrollment-hash.js";
import type { NewEnrollment } from "../store/enrollments.js";
import { pinSubject } from "../verification/code-subject.js";
import type { Store } from "../store/store.js";
import { hashCode } from "../verification/code.js";
import { canonicalDid } from "../verification/did.js";
import { parseOwnLine } from "../verification/calling-line.js";
import type { PhoneNumber } from "../verification/phone-number.js";
import type { ClientEnrollment } from "./client-request.js";
import { type FieldError, Problem, wrongFields } from "./problem.js";

interface Read {
  readonly number: PhoneNumber;
  /** As `canonicalDid` spells them, each once, in order; null: any that serves the client. */
  readonly dids: readonly string[] | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

/**
 * What an enrolment is stored as.
 *
 * @param serviceDids all DIDs of the service, as `canonicalDid` spells them.
 * @param now epoch milliseconds.
 * @throws {Problem} naming each wrong field.
 */
export async function enrollmentRow(
  store: Store,
  clientId: string,
  body: ClientEnrollment,
  serviceDids: readonly string[],
  now: number,
): Promise<NewEnrollment> {
  const serving = await didsOfClient(store.read, clientId, serviceDids);
  if (serving.length === 0) {
    throw new Problem("service_unavailable", "no number at which calls arrive is configured (HONNIN_DIDS)");
  }
  const { number, dids, expiresAt } = read(body, serving, now);
  const { vault } = store;
  const id = body.id ?? `enr_${uuidv7()}`;
  const pinHash =
    body.pin === undefined
      ? null
      : hashCode(vault.codeKey, pinSubject({ client_id: clientId, id }), body.pin);
  const row = {
    client_id: clientId,
    id,
    number_cipher: vault.encipherNumber(number.e164),
    number_index: vault.indexNumber(number.e164),
    line_type: number.lineType,
    dids: dids === null ? null : JSON.stringify(dids),
    pin_hash: pinHash,
    pin_length: body.pin?.length ?? 0,
    locale: body.locale,
    created_at: now,
    expires_at: expiresAt,
    metadata: JSON.stringify(body.metadata),
  };
  return { ...row, request_hash: enrollmentHash(vault, row) };
}

function read(body: ClientEnrollment, serving: readonly string[], now: number): Read {
  const errors: FieldError[] = [];
  const parsed = parseOwnLine(body.phone_number);
  if (!parsed.ok) errors.push({ field: "phone_number", detail: parsed.detail });
  const dids = body.dids?.map(canonicalDid) ?? null;
  for (const [place, did] of (dids ?? []).entries()) {
    if (serving.includes(did)) continue;
    errors.push({ field: `dids.${place}`, detail: "not one of the numbers at which calls arrive" });
  }
  const expiresAt = body.expires_at === undefined ? null : Date.parse(body.expires_at);
  if (expiresAt !== null && expiresAt <= now)
    errors.push({ field: "expires_at", detail: "not in the future" });
  if (!parsed.ok || errors.length > 0) {
    throw wrongFields(errors);
  }
  return { number: parsed.number, dids: dids === null ? null : [...new Set(dids)].sort(), expiresAt };
}
