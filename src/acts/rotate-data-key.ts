import type { Kysely } from "kysely";
import { putMeta } from "../store/meta.js";
import {
  type Change,
  forgetBlocks,
  hasOpenVerifications,
  reencipherNumbers,
  reindexGuards,
  resealCalls,
  resealEvents,
  resealWebhooks,
} from "../store/reencipher.js";
import { resealReceiptKeys } from "../store/receipt-keys.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { FINGERPRINT_KEY } from "../store/vault-binding.js";
import type { Vault } from "../vault/vault.js";
import { linkContext } from "./admin-links.js";
import { BY_COMMAND } from "./audit-who.js";
import { enrollmentHash } from "./enrollment-hash.js";
import { noteAudit } from "./note-audit.js";
import { passwordContext, totpContext } from "./ways-in.js";

/** A verification has not ended: the hash of its code could not be made anew. */
export class OpenVerificationsError extends Error {
  readonly code = "verifications_open";

  constructor() {
    super("a verification has not ended: wait for ten minutes, with the service stopped, and try again");
    this.name = "OpenVerificationsError";
  }
}

export interface Rotation {
  readonly verifications: number;
  readonly enrollments: number;
  readonly calls: number;
  readonly events: number;
  /** Locks and blocks of numbers that nobody has any more. */
  readonly guardsLost: number;
}

/**
 * Enciphers everything with another data key and binds the database to it, in one transaction: killed at whatever
 * moment, the database is wholly under the one key or wholly under the other. No service runs meanwhile.
 *
 * @throws {OpenVerificationsError}
 */
export function rotateDataKey(store: Store, to: Vault, by: string, now: number): Promise<Rotation> {
  const change: Change = { from: store.vault, to };
  return store.write(async (db) => {
    if (await hasOpenVerifications(db)) throw new OpenVerificationsError();
    const { lost } = await reindexGuards(db, change);
    const verifications = await reencipherNumbers(db, "verifications", change);
    const enrollments = await reencipherNumbers(db, "enrollments", change);
    await rehashEnrollments(db, to);
    const calls = await resealCalls(db, change);
    const events = await resealEvents(db, change);
    await resealWebhooks(db, change);
    await resealAccounts(db, change);
    await resealReceiptKeys(db, change);
    await forgetBlocks(db);
    await putMeta(db, FINGERPRINT_KEY, to.fingerprint);
    const details = { by, from: store.vault.fingerprint, to: to.fingerprint };
    await noteAudit(db, to, BY_COMMAND, now, { act: "data_key.rotated", target: "keys/data.key", details });
    return { verifications, enrollments, calls, events, guardsLost: lost };
  });
}

/** By which a repeated request is known. */
async function rehashEnrollments(db: Kysely<Schema>, to: Vault): Promise<void> {
  for (const row of await db.selectFrom("enrollments").selectAll().execute()) {
    await db
      .updateTable("enrollments")
      .set({ request_hash: enrollmentHash(to, row) })
      .where("seq", "=", row.seq)
      .execute();
  }
}

async function resealAccounts(db: Kysely<Schema>, { from, to }: Change): Promise<void> {
  const again = (sealed: Buffer, context: string): Buffer => to.seal(from.unseal(sealed, context), context);
  for (const { id, password_hash, totp_secret } of await db.selectFrom("admins").selectAll().execute()) {
    await db
      .updateTable("admins")
      .set({
        password_hash: password_hash === null ? null : again(password_hash, passwordContext(id)),
        totp_secret: totp_secret === null ? null : again(totp_secret, totpContext(id)),
      })
      .where("id", "=", id)
      .execute();
  }
  for (const { hash, totp_secret } of await db.selectFrom("admin_links").selectAll().execute()) {
    const sealed = again(totp_secret, linkContext(hash));
    await db.updateTable("admin_links").set({ totp_secret: sealed }).where("hash", "=", hash).execute();
  }
}
