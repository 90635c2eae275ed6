import { v7 as uuidv7 } from "uuid";
import { type EnrollmentRequest, requestedEnrollment } from "../acts/new-enrollment.js";
import { didsOfClient } from "../store/client-dids.js";
import type { NewEnrollment } from "../store/enrollments.js";
import type { Store } from "../store/store.js";
import { canonicalDid } from "../verification/did.js";
import { parseOwnLine } from "../verification/calling-line.js";
import type { ClientEnrollment } from "./client-request.js";
import { type FieldError, Problem, wrongFields } from "./problem.js";

type Read = Pick<EnrollmentRequest, "number" | "dids" | "expiresAt">;

/**
 * What an enrollment is stored as.
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
  return requestedEnrollment(
    store.vault,
    {
      clientId,
      id: body.id ?? `enr_${uuidv7()}`,
      number,
      dids,
      pin: body.pin ?? null,
      locale: body.locale,
      expiresAt,
      metadata: body.metadata,
    },
    now,
  );
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
