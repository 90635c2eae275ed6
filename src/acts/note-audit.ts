import type { Kysely } from "kysely";
import type { Audited } from "../admins/audited.js";
import { appendAudit } from "../store/audit.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import type { Who } from "./audit-who.js";

/** What a change needs that is noted. */
export interface NotedBy {
  readonly vault: Vault;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One line, written with what it tells of. */
export function noteAudit(
  db: Kysely<Schema>,
  vault: Vault,
  { adminId, actor, address }: Who,
  now: number,
  line: {
    readonly act: Audited;
    readonly target: string;
    readonly details?: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { act, target, details = {} } = line;
  return appendAudit(db, vault, { at: now, admin_id: adminId, actor, address, act, target, details });
}
