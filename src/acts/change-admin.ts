import type { Kysely } from "kysely";
import type { AdminRole } from "../admins/role.js";
import { deleteLinksOf } from "../store/admin-links.js";
import { deleteSessionsOf } from "../store/admin-sessions.js";
import { findAdmin, listAdmins, updateAdmin } from "../store/admins.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import type { Who } from "./audit-who.js";
import { noteAudit } from "./note-audit.js";

export type AdminChange = { readonly role: AdminRole } | { readonly disabled: boolean };

/**
 * Gives an account another role, or lets it log in or not. Who is disabled is logged out; a role counts from the next
 * request on.
 *
 * @returns why it was not done: nobody would be left who manages accounts.
 */
export async function changeAdmin(
  db: Kysely<Schema>,
  vault: Vault,
  who: Who,
  id: string,
  change: AdminChange,
  now: number,
): Promise<"not_found" | "last_admin" | null> {
  const admin = await findAdmin(db, id);
  if (admin === undefined) return "not_found";
  const stays = "role" in change ? change.role === "admin" : !change.disabled;
  const managers = (await listAdmins(db)).filter((one) => one.role === "admin" && one.disabled_at === null);
  if (!stays && managers.every((one) => one.id === id)) return "last_admin";
  const target = admin.name;
  if ("role" in change) {
    await updateAdmin(db, id, { role: change.role });
    const details = { from: admin.role, to: change.role };
    await noteAudit(db, vault, who, now, { act: "admin.role_changed", target, details });
    return null;
  }
  await updateAdmin(db, id, { disabled_at: change.disabled ? (admin.disabled_at ?? now) : null });
  if (change.disabled) {
    await deleteSessionsOf(db, id);
    await deleteLinksOf(db, id);
  }
  await noteAudit(db, vault, who, now, { act: change.disabled ? "admin.disabled" : "admin.enabled", target });
  return null;
}
