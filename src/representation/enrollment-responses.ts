import { z } from "zod";
import { time } from "./responses.js";

export const enrollmentResponse = z
  .strictObject({
    id: z.string(),
    phone_number: z.string().describe("E.164"),
    line_type: z.enum(["mobile", "fixed", "ip", "unknown"]),
    dids: z.array(z.string()).nullable().describe("where it holds; null: at every number that serves you"),
    has_pin: z.boolean().describe("whether each call is asked for the PIN"),
    pin_locked: z
      .enum(["unproved_callers", "all"])
      .nullable()
      .describe("for whom the PIN no longer counts, after too many wrong ones; null: it counts"),
    locale: z.enum(["ja", "en"]),
    expires_at: time.nullable().describe("null: until it is deleted"),
    created_at: time,
    metadata: z.record(z.string(), z.string()),
    last_used_at: time.nullable().describe("when a call of it was last verified"),
  })
  .meta({ id: "Enrollment", description: "A number enrolled for standing / 常時登録した電話番号" });

export const enrollmentListResponse = z
  .strictObject({
    data: z.array(enrollmentResponse),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "EnrollmentList", description: "Enrolments, newest first / 常時登録の一覧" });
