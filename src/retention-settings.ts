import { setting, whole, wholeOrUnset } from "./setting.js";

/** How long what is stored is kept. 0: for ever. Reasons and figures: docs/decisions/0026. */
export const RETENTION_SETTINGS = {
  retentionNumbersDays: setting(
    "HONNIN_RETENTION_NUMBERS_DAYS",
    whole(90, 0, 36_500),
    "0 to 36500",
    "days after which of an ended verification the number is masked and what else names a person is deleted; expired enrollments are deleted whole; 0: never",
  ),
  retentionRecordsDays: setting(
    "HONNIN_RETENTION_RECORDS_DAYS",
    whole(400, 0, 36_500),
    "0, or 62 to 36500",
    "days after which ended verifications are deleted with their calls, so that no bill can be made of them again; 0: never",
  ),
  retentionAuditDays: setting(
    "HONNIN_RETENTION_AUDIT_DAYS",
    whole(0, 0, 36_500),
    "0, or 365 to 36500",
    "days after which lines of the audit trail are deleted; the rest can still be verified; 0: never",
  ),
  verificationRetentionDays: setting(
    "HONNIN_VERIFICATION_RETENTION_DAYS",
    wholeOrUnset(62, 36_500),
    "62 to 36500",
    "the former name of HONNIN_RETENTION_RECORDS_DAYS, which it overrides",
    { unset: "HONNIN_RETENTION_RECORDS_DAYS" },
  ),
} as const;
