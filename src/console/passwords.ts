import { isPassword, passwordFault } from "../admins/password.js";
import { judgeTotp } from "../admins/totp.js";
import { passwordOf } from "../acts/log-in.js";
import { findAdminByName, type AdminRow } from "../store/admins.js";
import type { Store } from "../store/store.js";
import { Refusal } from "./refusal.js";

/** @throws {Refusal} `password_too_short`, `password_too_long`, `password_too_plain`. */
export function refuseWeakPassword(password: string, name: string): void {
  const fault = passwordFault(password, name);
  if (fault !== null) throw new Refusal(`password_${fault}`, "choose another password");
}

/** The account that has this name and password and may log in; takes as long where there is none. */
export async function accountByPassword(
  store: Store,
  name: string,
  password: string,
): Promise<AdminRow | undefined> {
  const admin = await findAdminByName(store.read, name);
  const fits = await isPassword(admin === undefined ? null : passwordOf(store.vault, admin), password);
  return fits && admin?.disabled_at === null ? admin : undefined;
}

/**
 * The step of a code by which somebody shows that the authenticator has the secret.
 *
 * @throws {Refusal} `wrong_code`; `clock_differs` where one of the two clocks is wrong.
 */
export function stepOfFirstCode(secret: Buffer, code: string, now: number): number {
  const verdict = judgeTotp(secret, code.replaceAll(/\s/g, ""), null, now);
  if (verdict.is === "right") return verdict.step;
  if (verdict.is === "wrong") throw new Refusal("wrong_code", "this is not the code of the authenticator");
  throw new Refusal("clock_differs", "the code is of another time", verdict.seconds);
}
