/** What the audit trail tells of; names are stable, others filter by them. */
export const AUDITED = [
  "admin.created",
  "admin.invited",
  "admin.reset",
  "admin.role_changed",
  "admin.disabled",
  "admin.enabled",
  "login.succeeded",
  "login.failed",
  "logout",
  "session.revoked",
  "password.changed",
  "recovery_codes.renewed",
  "passkey.added",
  "passkey.removed",
  "number.revealed",
  "verifications.exported",
  "verification.canceled",
  "webhook.redelivered",
  "test_phone.account_shown",
] as const;
export type Audited = (typeof AUDITED)[number];
