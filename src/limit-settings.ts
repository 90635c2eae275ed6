import { setting, whole } from "./setting.js";

/**
 * What the service allows before an administrator says otherwise: a key that leaks, or a page that a bot works,
 * may cost this much and no more. Reasons and figures: docs/decisions/0019. Clients may have limits of their own.
 */
export const LIMIT_SETTINGS = {
  maxCallsPerNumberPerHour: setting(
    "HONNIN_MAX_CALLS_PER_NUMBER_PER_HOUR",
    whole(5, 1, 100_000),
    "1 to 100000",
    "calls to one number in an hour, of all clients together, redials and calls back too",
  ),
  maxCallsPerBlockPerHour: setting(
    "HONNIN_MAX_CALLS_PER_BLOCK_PER_HOUR",
    whole(100, 1, 1_000_000),
    "1 to 1000000",
    "calls to one block of 10,000 numbers (all but the last four digits) in an hour, of all clients together",
  ),
  maxCallsPerMinute: setting(
    "HONNIN_MAX_CALLS_PER_MINUTE",
    whole(60, 1, 1_000_000),
    "1 to 1000000",
    "new calls of one client in a minute; more wait for their turn",
  ),
  maxRegistrationsPerMinute: setting(
    "HONNIN_MAX_REGISTRATIONS_PER_MINUTE",
    whole(120, 1, 1_000_000),
    "1 to 1000000",
    "registrations of one client in a minute, of verifications and enrollments together",
  ),
  maxRegistrationsPerDay: setting(
    "HONNIN_MAX_REGISTRATIONS_PER_DAY",
    whole(20_000, 1, 100_000_000),
    "1 to 100000000",
    "registrations of one client in a day of Japan: what it can fill the disk with",
  ),
  maxEnrollments: setting(
    "HONNIN_MAX_ENROLLMENTS",
    whole(100_000, 1, 100_000_000),
    "1 to 100000000",
    "enrollments that one client may have at one time",
  ),
  budgetYenPerDay: setting(
    "HONNIN_BUDGET_YEN_PER_DAY",
    whole(100_000, 1, 999_999_999),
    "1 to 999999999",
    "yen that the calls of all clients together may cost in a day of Japan; then none is made until the next",
  ),
  budgetYenPerMonth: setting(
    "HONNIN_BUDGET_YEN_PER_MONTH",
    whole(1_000_000, 1, 999_999_999),
    "1 to 999999999",
    "the same in a month",
  ),
  minFreeDiskMb: setting(
    "HONNIN_MIN_FREE_DISK_MB",
    whole(500, 0, 10_000_000),
    "0 to 10000000",
    "free space on the disks of the data directory and the database, in megabytes, below which nothing is registered",
  ),
} as const;
