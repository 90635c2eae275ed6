import { z } from "zod";
import type { EnrollmentRow } from "../store/enrollments.js";
import type { Vault } from "../vault/vault.js";
import { LINE_TYPES } from "../verification/phone-number.js";
import { PIN_LOCKS, pinLock } from "../verification/pin-lock.js";
import { LOCALES } from "../verification/prompt-id.js";
import { time, timeSchema } from "./time.js";

export const enrollmentSchema = z
  .strictObject({
    id: z.string(),
    phone_number: z.string().describe("E.164"),
    line_type: z.enum(LINE_TYPES),
    dids: z.array(z.string()).nullable().describe("where it holds; null: at every number that serves you"),
    has_pin: z.boolean().describe("whether each call is asked for the PIN"),
    pin_locked: z
      .enum(PIN_LOCKS)
      .nullable()
      .describe("for whom the PIN no longer counts, after too many wrong ones; null: it counts"),
    locale: z.enum(LOCALES),
    expires_at: timeSchema.nullable().describe("null: until it is deleted"),
    created_at: timeSchema,
    metadata: z.record(z.string(), z.string()),
    last_used_at: timeSchema.nullable().describe("when a call of it was last verified"),
  })
  .meta({ id: "Enrollment", description: "A number enrolled for standing / 常時登録した電話番号" });

export const enrollmentListSchema = z
  .strictObject({
    data: z.array(enrollmentSchema),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "EnrollmentList", description: "Enrollments, newest first / 常時登録の一覧" });

/**
 * An enrollment as the API returns it. Of its PIN only that there is one, and whether it has come to its end.
 *
 * @param maxWrongPins as in `GuardLimits`.
 */
export function presentEnrollment(
  row: EnrollmentRow,
  vault: Vault,
  maxWrongPins: number,
): z.output<typeof enrollmentSchema> {
  return {
    id: row.id,
    phone_number: vault.decipherNumber(row.number_cipher),
    line_type: row.line_type,
    dids: row.dids === null ? null : (JSON.parse(row.dids) as string[]),
    has_pin: row.pin_hash !== null,
    pin_locked: pinLock(row, maxWrongPins),
    locale: row.locale,
    expires_at: time(row.expires_at),
    created_at: time(row.created_at),
    metadata: JSON.parse(row.metadata) as Record<string, string>,
    last_used_at: time(row.last_used_at),
  };
}
