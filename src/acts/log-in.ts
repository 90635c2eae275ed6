import type { Kysely } from "kysely";
import { hashRecoveryCode, readRecoveryCode } from "../admins/secrets.js";
import { judgeTotp } from "../admins/totp.js";
import { type AdminRow, findAdmin, updateAdmin, useRecoveryCode } from "../store/admins.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { type Browser, openSession } from "./open-session.js";
import { passwordContext, totpContext } from "./ways-in.js";

export type LogIn =
  | { readonly ok: true; readonly token: string }
  /** @property clockOffS the code was right at another time: a clock is wrong by so many seconds. */
  | { readonly ok: false; readonly clockOffS: number | null };

/** The PHC string of an account's password; null: it has none. */
export function passwordOf(vault: Vault, { id, password_hash: sealed }: AdminRow): string | null {
  return sealed === null ? null : vault.unseal(sealed, passwordContext(id)).toString();
}

/**
 * The second half of a log-in by password, of which the first took a while outside of any transaction: the account is
 * read again here. Of the code of an authenticator each step counts once, also where two use it in the same moment.
 */
export async function logIn(
  db: Kysely<Schema>,
  vault: Vault,
  adminId: string,
  code: string,
  browser: Browser,
  now: number,
  lifeMs: number,
): Promise<LogIn> {
  const admin = await findAdmin(db, adminId);
  if (admin?.disabled_at !== null) return { ok: false, clockOffS: null };
  const factor = await secondFactor(db, vault, admin, code, now);
  if (!factor.ok) return factor;
  return { ok: true, token: await openSession(db, vault, admin, factor.by, browser, now, lifeMs) };
}

type SecondFactor =
  | { readonly ok: true; readonly by: "password" | "recovery_code" }
  | { readonly ok: false; readonly clockOffS: number | null };

/** Takes a code of the authenticator, or a recovery code; either is used up by it. */
export async function secondFactor(
  db: Kysely<Schema>,
  vault: Vault,
  { id, totp_secret: sealed, totp_last_step: lastStep }: AdminRow,
  code: string,
  now: number,
): Promise<SecondFactor> {
  if (sealed === null) return { ok: false, clockOffS: null };
  const secret = vault.unseal(sealed, totpContext(id));
  const verdict = judgeTotp(secret, code.replaceAll(/\s/g, ""), lastStep, now);
  if (verdict.is === "right") {
    await updateAdmin(db, id, { totp_last_step: verdict.step });
    return { ok: true, by: "password" };
  }
  const recovery = readRecoveryCode(code);
  const hash = recovery === null ? null : hashRecoveryCode(vault.codeKey, id, recovery);
  if (hash !== null && (await useRecoveryCode(db, id, hash, now))) return { ok: true, by: "recovery_code" };
  return { ok: false, clockOffS: verdict.is === "off" ? verdict.seconds : null };
}
