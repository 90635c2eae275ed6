import type { Kysely } from "kysely";
import type { AdminRole } from "../admins/role.js";
import { hashToken, newToken } from "../admins/secrets.js";
import { newTotpSecret } from "../admins/totp.js";
import { deleteFirstLinks, deleteLinksOf, insertLink } from "../store/admin-links.js";
import { deletePasskeysOf } from "../store/admin-passkeys.js";
import { deleteSessionsOf } from "../store/admin-sessions.js";
import { type AdminRow, hasAdmin, replaceRecoveryCodes, updateAdmin } from "../store/admins.js";
import type { Schema } from "../store/schema.js";
import { HOUR_MS } from "../verification/durations.js";
import type { Who } from "./audit-who.js";
import { noteAudit, type NotedBy } from "./note-audit.js";

/** Whoever finds it later in a scrollback or a mail finds nothing. */
export const LINK_MS = HOUR_MS;

/**
 * The way to the first account, where nobody may manage accounts; those made before work no more.
 *
 * @returns its token; null: there is somebody.
 */
export async function makeFirstLink(db: Kysely<Schema>, parts: NotedBy): Promise<string | null> {
  if (await hasAdmin(db)) return null;
  await deleteFirstLinks(db);
  return makeLink(db, parts, { adminId: null, name: null, role: "admin" });
}

/** A link by which somebody makes an account of this name and role. @returns its token. */
export async function inviteAdmin(
  db: Kysely<Schema>,
  parts: NotedBy,
  who: Who,
  { name, role }: { readonly name: string; readonly role: AdminRole },
): Promise<string> {
  await noteAudit(db, parts.vault, who, parts.now, { act: "admin.invited", target: name, details: { role } });
  return makeLink(db, parts, { adminId: null, name, role });
}

/**
 * Takes all ways in from an account, ends its sessions, and gives a link by which its owner makes new ones: what was
 * lost may be in somebody's hands.
 *
 * @returns the link's token.
 */
export async function resetAdmin(
  db: Kysely<Schema>,
  parts: NotedBy,
  who: Who,
  admin: AdminRow,
): Promise<string> {
  await updateAdmin(db, admin.id, { password_hash: null, totp_secret: null, totp_last_step: null });
  await replaceRecoveryCodes(db, admin.id, []);
  await deletePasskeysOf(db, admin.id);
  await deleteSessionsOf(db, admin.id);
  await deleteLinksOf(db, admin.id);
  await noteAudit(db, parts.vault, who, parts.now, { act: "admin.reset", target: admin.name });
  return makeLink(db, parts, { adminId: admin.id, name: admin.name, role: admin.role });
}

async function makeLink(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  { adminId, name, role }: { adminId: string | null; name: string | null; role: AdminRole },
): Promise<string> {
  const token = newToken();
  const hash = hashToken(token);
  await insertLink(db, {
    hash,
    admin_id: adminId,
    name,
    role,
    totp_secret: vault.seal(newTotpSecret(), linkContext(hash)),
    created_at: now,
    expires_at: now + LINK_MS,
  });
  return token;
}

export function linkContext(hash: Buffer): string {
  return `admin link ${hash.toString("hex")} totp`;
}
