import type { Kysely } from "kysely";
import { hashRecoveryCode, newRecoveryCodes } from "../admins/secrets.js";
import { listPasskeys } from "../store/admin-passkeys.js";
import { type AdminRow, replaceRecoveryCodes, updateAdmin } from "../store/admins.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";

/** By what an account is logged in to. */
export async function waysInto(
  db: Kysely<Schema>,
  { id, password_hash }: Pick<AdminRow, "id" | "password_hash">,
): Promise<("password" | "passkey")[]> {
  const passkeys = await listPasskeys(db, id);
  return [
    ...(password_hash === null ? [] : ["password" as const]),
    ...(passkeys.length === 0 ? [] : ["passkey" as const]),
  ];
}

export interface PasswordWay {
  /** PHC string. */
  readonly hashed: string;
  readonly totpSecret: Buffer;
  /** Of the code by which its owner has shown that the authenticator has it. */
  readonly totpStep: number;
}

/** Stores a password with its authenticator. @returns the recovery codes, to be shown once. */
export async function setPasswordWay(
  db: Kysely<Schema>,
  vault: Vault,
  adminId: string,
  { hashed, totpSecret, totpStep }: PasswordWay,
): Promise<string[]> {
  await updateAdmin(db, adminId, {
    password_hash: vault.seal(Buffer.from(hashed), passwordContext(adminId)),
    totp_secret: vault.seal(totpSecret, totpContext(adminId)),
    totp_last_step: totpStep,
  });
  return renewRecoveryCodes(db, vault, adminId);
}

/** @returns the only ones that count from now on. */
export async function renewRecoveryCodes(
  db: Kysely<Schema>,
  vault: Vault,
  adminId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  const hashes = codes.map((code) => hashRecoveryCode(vault.codeKey, adminId, code));
  await replaceRecoveryCodes(db, adminId, hashes);
  return codes;
}

export function passwordContext(adminId: string): string {
  return `admin ${adminId} password`;
}

export function totpContext(adminId: string): string {
  return `admin ${adminId} totp`;
}
