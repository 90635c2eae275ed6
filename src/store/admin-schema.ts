import type { Generated } from "kysely";
import type { Audited } from "../admins/audited.js";
import type { AdminRole } from "../admins/role.js";

/** Who may use the console. Times are epoch milliseconds. */
export interface AdminTable {
  id: string;
  /** As it was written; two that differ in case alone are one. */
  name: string;
  name_key: string;
  role: AdminRole;
  created_at: number;
  disabled_at: number | null;
  /** PHC string of Argon2id, sealed; null: logs in by passkey alone. */
  password_hash: Buffer | null;
  /** The 20 bytes of RFC 6238, sealed; there whenever a password is. */
  totp_secret: Buffer | null;
  /** The step of the last code that counted. */
  totp_last_step: number | null;
  last_login_at: number | null;
}

/** A way in where the authenticator is lost. */
export interface AdminRecoveryCodeTable {
  admin_id: string;
  /** Keyed hash. */
  hash: Buffer;
  used_at: number | null;
}

/** A WebAuthn credential. */
export interface AdminPasskeyTable {
  /** Credential id, base64url. */
  id: string;
  admin_id: string;
  /** COSE. */
  public_key: Buffer;
  /** Signature counter; 0 of those that do not count. */
  counter: number;
  /** JSON array. */
  transports: string;
  label: string;
  created_at: number;
  last_used_at: number | null;
}

export interface AdminSessionTable {
  /** SHA-256 of the cookie's token. */
  hash: Buffer;
  /** What it is known by where sessions are listed. */
  id: string;
  admin_id: string;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
  /** Where it was opened from: address and what the browser calls itself. */
  address: string;
  agent: string;
}

/** A link that lets somebody make an account, or new ways in for theirs; it works once. */
export interface AdminLinkTable {
  /** SHA-256 of its token. */
  hash: Buffer;
  /** Whose ways in it renews; null: it makes an account. */
  admin_id: string | null;
  /** Of the account that it makes. */
  name: string | null;
  role: AdminRole;
  /** The authenticator's secret that it shows, sealed. */
  totp_secret: Buffer;
  created_at: number;
  expires_at: number;
}

/** Log-ins that failed, of one address and name, since the first of them. */
export interface FailedLogInTable {
  address: string;
  /** The account's name; empty: there is none of that name. */
  target: string;
  since: number;
  last_at: number;
  /** How many have a line of the audit trail. */
  told: number;
  /** How many have none yet. */
  untold: number;
}

/** What was done in the console and by commands, each line chained to the one before. */
export interface AuditTable {
  seq: Generated<number>;
  at: number;
  /** Id of the account; null: a command, or nobody known. */
  admin_id: string | null;
  /** Name of the account at that time, `cli:` and a user of this machine, `service` or `nobody`. */
  actor: string;
  /** Address of the browser; `local` of a command. */
  address: string;
  act: Audited;
  /** What it was done to: an id or a name, never a secret, a code or a whole number. */
  target: string;
  /** JSON object of strings. */
  details: string;
  /** Keyed hash of this line and the hash of the one before. */
  hash: Buffer;
}
