import { createHmac } from "node:crypto";
import type { Kysely, Selectable } from "kysely";
import type { Audited } from "../admins/audited.js";
import type { Vault } from "../vault/vault.js";
import { findAuditAnchor } from "./audit-anchor.js";
import type { AuditTable } from "./admin-schema.js";
import type { Schema } from "./schema.js";

export type AuditRow = Selectable<AuditTable>;
export type AuditEntry = Omit<AuditRow, "seq" | "hash" | "details"> & {
  readonly details: Readonly<Record<string, string>>;
};

const BEFORE_ALL: Buffer = Buffer.alloc(32);

/**
 * Writes a line of the audit trail, in the transaction of what it tells of. Each carries a keyed hash of itself and of
 * the line before: who can write to the database but has no key can neither change a line nor take one out of the
 * middle. (The last lines can be cut off; a copy of the last hash kept elsewhere tells of that.)
 */
export async function appendAudit(db: Kysely<Schema>, vault: Vault, entry: AuditEntry): Promise<void> {
  const last = await db.selectFrom("audit").select("hash").orderBy("seq", "desc").limit(1).executeTakeFirst();
  const row = { ...entry, details: JSON.stringify(entry.details) };
  const hash = auditHash(vault, last?.hash ?? BEFORE_ALL, row);
  await db
    .insertInto("audit")
    .values({ ...row, hash })
    .execute();
}

export interface AuditFilter {
  readonly act?: Audited | undefined;
  readonly fromSeq?: number | undefined;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

/** The latest first. */
export function listAudit(db: Kysely<Schema>, filter: AuditFilter): Promise<AuditRow[]> {
  let query = db.selectFrom("audit").selectAll();
  if (filter.act !== undefined) query = query.where("act", "=", filter.act);
  if (filter.fromSeq !== undefined) query = query.where("seq", ">=", filter.fromSeq);
  if (filter.beforeSeq !== undefined) query = query.where("seq", "<", filter.beforeSeq);
  return query.orderBy("seq", "desc").limit(filter.limit).execute();
}

/** The number of the last line; 0: there is none. */
export async function lastAuditLine(db: Kysely<Schema>): Promise<number> {
  const last = await db.selectFrom("audit").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst();
  return last?.seq ?? 0;
}

const BATCH = 1_000;

/**
 * Walks the whole trail, from where it begins.
 *
 * @returns the number of the first line that is not as it was written; null: all are. `prunedUpTo`: up to that line they were
 * deleted by their age.
 */
export async function verifyAudit(
  db: Kysely<Schema>,
  vault: Vault,
): Promise<{
  readonly lines: number;
  readonly brokenAt: number | null;
  readonly last: Buffer;
  readonly prunedUpTo: number;
}> {
  const anchor = await findAuditAnchor(db, vault);
  if (anchor === "forged") return { lines: 0, brokenAt: 1, last: BEFORE_ALL, prunedUpTo: 0 };
  const prunedUpTo = anchor?.seq ?? 0;
  let [lines, after] = [0, prunedUpTo];
  let before = anchor?.hash ?? BEFORE_ALL;
  for (;;) {
    const rows = await db
      .selectFrom("audit")
      .selectAll()
      .where("seq", ">", after)
      .orderBy("seq")
      .limit(BATCH)
      .execute();
    for (const row of rows) {
      if (!auditHash(vault, before, row).equals(row.hash))
        return { lines, brokenAt: row.seq, last: before, prunedUpTo };
      lines += 1;
      [after, before] = [row.seq, row.hash];
    }
    if (rows.length < BATCH) return { lines, brokenAt: null, last: before, prunedUpTo };
  }
}

function auditHash(vault: Vault, before: Buffer, row: Omit<AuditRow, "seq" | "hash">): Buffer {
  const { at, admin_id, actor, address, act, target, details } = row;
  return createHmac("sha256", vault.auditKey)
    .update(before)
    .update(JSON.stringify([at, admin_id, actor, address, act, target, details]))
    .digest();
}
