import { z } from "zod";
import { LOCALES } from "../verification/prompt-id.js";
import { cursor, integer, metadata, ownId, searchedNumber } from "./verification-schemas.js";

const MAX_DIDS = 100;

/** A form sends one as text, several as repeated fields or comma-separated. */
const dids = z.preprocess(
  (value) => (typeof value === "string" ? value.split(",") : value),
  z
    .array(z.string("a telephone number, as text").trim().min(1).max(32), "a list of telephone numbers")
    .min(1, "at least one; leave it out for all")
    .max(MAX_DIDS, `at most ${MAX_DIDS}`),
);

const pin = z.string("4 to 10 digits, as text").regex(/^\d{4,10}$/, "4 to 10 digits");

/** Body of `POST /v1/enrollments/{id}/pin`. */
export const pinBody = z.strictObject({ pin });

/** Body of `POST /v1/enrollments`. Unknown fields are refused: a typo must not pass. */
export const enrollmentBody = z.strictObject({
  phone_number: z.string("a telephone number, as text").min(1).max(64),
  id: ownId.optional(),
  dids: dids.optional(),
  pin: pin.optional(),
  expires_at: z.iso.datetime({ offset: true, error: "an RFC 3339 time" }).optional(),
  locale: z.enum(LOCALES).optional(),
  metadata: metadata.default({}),
});

export type EnrollmentBody = z.output<typeof enrollmentBody>;

/** Query of `GET /v1/enrollments`. */
export const enrollmentQuery = z.strictObject({
  phone_number: searchedNumber,
  cursor,
  limit: integer(1, 100).default(20),
});
