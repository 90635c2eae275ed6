import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { hashToken, newToken } from "../admins/secrets.js";
import { deleteSessionByHash, insertSession } from "../store/admin-sessions.js";
import { type AdminRow, updateAdmin } from "../store/admins.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { noteAudit } from "./note-audit.js";

/** Where a browser is that logs in. */
export interface Browser {
  readonly address: string;
  /** As it calls itself. */
  readonly agent: string;
  /** Of the session that it has and is to lose: it could not be ended by anybody who sits at it any more. */
  readonly formerToken?: string | undefined;
}

const AGENT_LENGTH = 200;

/** How somebody has shown who they are. */
export type LogInBy = "password" | "recovery_code" | "passkey" | "link";

/**
 * Logs an account in. A new session each time, whatever the browser had before: nobody can have laid one ready for it.
 *
 * @returns the token for the cookie.
 */
export async function openSession(
  db: Kysely<Schema>,
  vault: Vault,
  { id: adminId, name }: Pick<AdminRow, "id" | "name">,
  by: LogInBy,
  { address, agent, formerToken }: Browser,
  now: number,
  lifeMs: number,
): Promise<string> {
  if (formerToken !== undefined) await deleteSessionByHash(db, hashToken(formerToken));
  const token = newToken();
  await insertSession(db, {
    hash: hashToken(token),
    id: `ses_${randomUUID()}`,
    admin_id: adminId,
    created_at: now,
    last_seen_at: now,
    expires_at: now + lifeMs,
    address,
    agent: agent.slice(0, AGENT_LENGTH),
  });
  await updateAdmin(db, adminId, { last_login_at: now });
  const who = { adminId, actor: name, address };
  await noteAudit(db, vault, who, now, { act: "login.succeeded", target: name, details: { by } });
  return token;
}
