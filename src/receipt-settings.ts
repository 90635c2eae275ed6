import { z } from "zod";
import { setting, whole } from "./setting.js";

/** Signed receipts. Reasons: docs/decisions/0032. */
export const RECEIPT_SETTINGS = {
  receiptIssuer: setting(
    "HONNIN_RECEIPT_ISSUER",
    z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/)
      .optional(),
    "a name, such as a URL of yours, without blanks",
    "who issues receipts (`iss`); another name makes other receipts of the same verifications",
    { unset: "a `urn:uuid:` that is made with the first key" },
  ),
  receiptNumber: setting(
    "HONNIN_RECEIPT_NUMBER",
    z.enum(["hash", "whole"]).default("hash"),
    "hash or whole",
    "what a receipt says of the number where the request does not ask for the one or the other",
  ),
  receiptKeyDays: setting(
    "HONNIN_RECEIPT_KEY_DAYS",
    whole(90, 2, 3650),
    "2 to 3650",
    "days after which another key signs receipts; it is published a day before",
  ),
  receiptKeyKeptDays: setting(
    "HONNIN_RECEIPT_KEY_KEPT_DAYS",
    whole(400, 1, 36_500),
    "1 to 36500",
    "days for which a key that signs no more stays published",
  ),
} as const;
