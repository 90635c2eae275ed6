import { userInfo } from "node:os";
import type { Kysely } from "kysely";
import type { Who } from "../acts/audit-who.js";
import { noteAudit } from "../acts/note-audit.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";

/** The user of this machine who runs a command. */
export function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as containers have.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** As the audit trail names them; no account's name has a colon. */
export function byCommand(): Who {
  return { adminId: null, actor: `cli:${systemUser()}`, address: "local" };
}

/** Notes what a command changes, in the transaction of the change. */
export function noteCommand(
  db: Kysely<Schema>,
  { vault }: Pick<Store, "vault">,
  line: Parameters<typeof noteAudit>[4],
): Promise<void> {
  return noteAudit(db, vault, byCommand(), Date.now(), line);
}
