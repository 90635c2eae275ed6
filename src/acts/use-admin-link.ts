import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { hashToken } from "../admins/secrets.js";
import { type AdminLinkRow, deleteLink, findLink } from "../store/admin-links.js";
import { type AdminPasskeyRow, findPasskey, insertPasskey } from "../store/admin-passkeys.js";
import { type AdminRow, findAdmin, insertAdmin } from "../store/admins.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { linkContext } from "./admin-links.js";
import { noteAudit } from "./note-audit.js";
import { type Browser, openSession } from "./open-session.js";
import { type PasswordWay, setPasswordWay } from "./ways-in.js";

export interface OpenedLink {
  readonly link: AdminLinkRow;
  readonly totpSecret: Buffer;
}

/** What a link is for; undefined when it works no more, or never did. */
export async function openLink(
  db: Kysely<Schema>,
  vault: Vault,
  token: string,
  now: number,
): Promise<OpenedLink | undefined> {
  const hash = hashToken(token);
  const link = await findLink(db, hash, now);
  if (link === undefined) return undefined;
  return { link, totpSecret: vault.unseal(link.totp_secret, linkContext(hash)) };
}

/** What the owner of a link has chosen to come in by. */
export type WayIn =
  | ({ readonly kind: "password" } & Omit<PasswordWay, "totpSecret">)
  | { readonly kind: "passkey"; readonly passkey: Omit<AdminPasskeyRow, "admin_id"> };

export type UsedLink =
  | {
      readonly ok: true;
      readonly admin: Pick<AdminRow, "id" | "name" | "role">;
      readonly token: string;
      readonly recoveryCodes: readonly string[];
    }
  | { readonly ok: false; readonly why: "link_void" | "name_taken" | "passkey_known" };

/**
 * Makes the account of a link, or gives the one it is for new ways in, and logs its owner in. In one transaction with
 * the end of the link: it works once.
 *
 * @param name of the first account; any other is in its link.
 */
export async function useLink(
  db: Kysely<Schema>,
  vault: Vault,
  token: string,
  name: string,
  way: WayIn,
  browser: Browser,
  now: number,
  lifeMs: number,
): Promise<UsedLink> {
  const opened = await openLink(db, vault, token, now);
  if (opened === undefined) return { ok: false, why: "link_void" };
  const { link, totpSecret } = opened;
  // Before anything is written: what this gives back is committed whatever it says.
  if (way.kind === "passkey" && (await findPasskey(db, way.passkey.id)) !== undefined) {
    return { ok: false, why: "passkey_known" };
  }
  const admin = await accountOf(db, vault, link, name, browser, now);
  if (typeof admin === "string") return { ok: false, why: admin };
  let recoveryCodes: readonly string[] = [];
  if (way.kind === "password") {
    recoveryCodes = await setPasswordWay(db, vault, admin.id, { ...way, totpSecret });
  } else {
    await insertPasskey(db, { ...way.passkey, admin_id: admin.id });
  }
  await deleteLink(db, link.hash);
  const session = await openSession(db, vault, admin, "link", browser, now, lifeMs);
  return { ok: true, admin, token: session, recoveryCodes };
}

async function accountOf(
  db: Kysely<Schema>,
  vault: Vault,
  link: AdminLinkRow,
  name: string,
  { address }: Browser,
  now: number,
): Promise<Pick<AdminRow, "id" | "name" | "role"> | "link_void" | "name_taken"> {
  if (link.admin_id !== null) {
    const admin = await findAdmin(db, link.admin_id);
    return admin?.disabled_at === null ? admin : "link_void";
  }
  const admin = { id: `adm_${randomUUID()}`, name: link.name ?? name, role: link.role };
  const isNew = await insertAdmin(db, {
    ...admin,
    created_at: now,
    disabled_at: null,
    password_hash: null,
    totp_secret: null,
    totp_last_step: null,
    last_login_at: null,
  });
  if (!isNew) return "name_taken";
  const who = { adminId: admin.id, actor: admin.name, address };
  await noteAudit(db, vault, who, now, {
    act: "admin.created",
    target: admin.name,
    details: { role: admin.role },
  });
  return admin;
}
