import { z } from "zod";
import { LINE_TYPES } from "../../verification/phone-number.js";
import { PIN_LOCKS } from "../../verification/pin-lock.js";
import { LOCALES } from "../../verification/prompt-id.js";
import { timeSchema } from "../../representation/time.js";

/** An enrollment as people see it: the number masked, of the PIN only that there is one. */
const shownEnrollmentSchema = z.strictObject({
  id: z.string(),
  number: z.string(),
  line_type: z.enum(LINE_TYPES),
  dids: z.array(z.string()).nullable(),
  has_pin: z.boolean(),
  pin_locked: z.enum(PIN_LOCKS).nullable(),
  locale: z.enum(LOCALES),
  created_at: timeSchema,
  expires_at: timeSchema.nullable(),
  last_used_at: timeSchema.nullable(),
});
export type ShownEnrollment = z.output<typeof shownEnrollmentSchema>;

export const searchEnrollmentsSchema = z.strictObject({
  phone_number: z.string().min(1).max(64).optional(),
  id: z.string().min(1).max(64).optional(),
  before: z.int().positive().optional(),
});

export const enrollmentPageSchema = z.strictObject({
  enrollments: z.array(shownEnrollmentSchema),
  next_before: z.int().nullable(),
});
export type EnrollmentPage = z.output<typeof enrollmentPageSchema>;

export const madeEnrollmentSchema = shownEnrollmentSchema;

/** Columns of a file of enrollments; a column `metadata.NAME` for each value that is kept with them. */
export type CsvColumn = "phone_number" | "id" | "pin" | "dids" | "expires_at" | "locale";

/** What can be wrong with a file, or with one of its lines; the pages have a sentence for each. */
const CSV_REASONS = [
  // The whole file
  "encoding",
  "empty",
  "no_number_column",
  "unknown_column",
  "column_twice",
  "too_many_lines",
  "quote_open",
  "quote_wrong",
  "line_too_long",
  "no_did",
  "too_many_today",
  "too_many_enrollments",
  // A line
  "columns_differ",
  "formula",
  "number_missing",
  "number_invalid",
  "number_special",
  "number_twice",
  "id_invalid",
  "id_twice",
  "id_taken",
  "pin_invalid",
  "dids_unknown",
  "expiry_invalid",
  "expiry_past",
  "locale_unknown",
  "metadata_invalid",
  "not_permitted",
] as const;
export type CsvReason = (typeof CSV_REASONS)[number];

const csvProblemSchema = z.strictObject({
  /** As an editor counts them; null: the whole file. */
  line: z.int().nullable(),
  reason: z.enum(CSV_REASONS),
});
export type CsvProblem = z.output<typeof csvProblemSchema>;

export const enrollmentImportSchema = z.strictObject({
  id: z.string(),
  state: z.enum(["checked", "running", "done", "failed"]),
  /** Lines of the file, its head not counted. */
  total: z.int(),
  with_pin: z.int(),
  /** Of those, looked at so far. */
  done: z.int(),
  created: z.int(),
  /** That were enrolled already: left as they are. */
  already: z.int(),
  /** Lines whose id was taken for something else since the file was checked. */
  conflicts: z.array(z.int()),
  failed_by: z.enum(["too_many_today", "too_many_enrollments", "not_stored"]).nullable(),
});
export type EnrollmentImport = z.output<typeof enrollmentImportSchema>;

export const checkedFileSchema = z.strictObject({
  /** Null: nothing can be taken as it is. */
  import: enrollmentImportSchema.nullable(),
  /** The first of them. */
  problems: z.array(csvProblemSchema),
  problem_count: z.int(),
  /** It takes longer: ask again by its id. So many lines were read so far. */
  checking: z.strictObject({ id: z.string(), lines: z.int() }).nullable(),
});
export type CheckedFile = z.output<typeof checkedFileSchema>;
