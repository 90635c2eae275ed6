import { createHmac, timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import type { Vault } from "../vault/vault.js";
import { findMeta, putMeta } from "./meta.js";
import type { Schema } from "./schema.js";

/** Where the audit trail begins, when its first lines were deleted by their age: the last line that was. */
export interface AuditAnchor {
  readonly seq: number;
  readonly hash: Buffer;
}

const KEY = "audit_anchor";

/** "forged": it is not as it was written, so that lines may have been deleted by somebody else. */
export async function findAuditAnchor(
  db: Kysely<Schema>,
  vault: Vault,
): Promise<AuditAnchor | "forged" | null> {
  const kept = await findMeta(db, KEY);
  if (kept === undefined) return null;
  const [seq = "", hash = "", mac = ""] = kept.split(" ");
  const anchor = { seq: Number(seq), hash: Buffer.from(hash, "hex") };
  const [right, said] = [macOf(vault, anchor), Buffer.from(mac, "hex")];
  return right.length === said.length && timingSafeEqual(right, said) ? anchor : "forged";
}

export function putAuditAnchor(db: Kysely<Schema>, vault: Vault, anchor: AuditAnchor): Promise<void> {
  const { seq, hash } = anchor;
  return putMeta(db, KEY, `${String(seq)} ${hash.toString("hex")} ${macOf(vault, anchor).toString("hex")}`);
}

function macOf(vault: Vault, { seq, hash }: AuditAnchor): Buffer {
  return createHmac("sha256", vault.auditKey)
    .update(`anchor\0${String(seq)}\0`)
    .update(hash)
    .digest();
}
