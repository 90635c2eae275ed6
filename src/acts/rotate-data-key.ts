import type { Kysely } from "kysely";
import { setTimeout as delay } from "node:timers/promises";
import { deleteMeta, putMeta } from "../store/meta.js";
import {
  type Change,
  type Page,
  forgetBlocks,
  hasOpenVerifications,
  type Pages,
  reencipherEnrollments,
  reencipherVerifications,
  reindexGuards,
  resealCalls,
  resealEvents,
  resealWebhooks,
} from "../store/reencipher.js";
import { resealReceiptKeys } from "../store/receipt-keys.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { COMING_FINGERPRINT_KEY, FINGERPRINT_KEY } from "../store/vault-binding.js";
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

/** Rows that were made anew. */
export interface Reenciphered {
  readonly verifications: number;
  readonly enrollments: number;
  readonly calls: number;
  readonly events: number;
}

export interface Rotation extends Reenciphered {
  /** Locks and blocks of numbers that nobody has any more. */
  readonly guardsLost: number;
}

/** Rows read at one time, where nobody waits for the database. */
const PAGE = 1_000;
/** And beside a running service: a transaction of this many takes some milliseconds. */
const SMALL_PAGE = 100;
/** The service has two thirds of the time in which it could write. */
const REST = 2;

const TABLES: Readonly<Record<keyof Reenciphered, Pages>> = {
  verifications: reencipherVerifications,
  enrollments: reencipherEnrollments,
  calls: resealCalls,
  events: resealEvents,
};

/**
 * Enciphers everything with another data key, the index of numbers too, and binds the database to it, in one
 * transaction: killed at whatever moment, the database is wholly under the one key or wholly under the other. No service
 * runs meanwhile.
 *
 * @throws {OpenVerificationsError}
 */
export function rotateDataKey(store: Store, to: Vault, by: string, now: number): Promise<Rotation> {
  const change: Change = { from: store.vault, to, newIndex: true };
  return store.write(async (db) => {
    if (await hasOpenVerifications(db)) throw new OpenVerificationsError();
    const { lost } = await reindexGuards(db, change);
    const rows = await everyTable((pages) => everyPage((after) => pages(db, change, after, PAGE)));
    await rehashEnrollments(db, to);
    await resealWebhooks(db, change);
    await resealAccounts(db, change);
    await resealReceiptKeys(db, change);
    await forgetBlocks(db);
    await bindTo(db, to, { by, from: store.vault.fingerprint }, now);
    return { ...rows, guardsLost: lost };
  });
}

/**
 * Enciphers everything anew beside a running service, a few rows a transaction, with the vault's present key: whoever
 * writes meanwhile does so with it already, and what is under the one before is opened by all. Broken off, it may be
 * begun again.
 *
 * @param order.from fingerprint of the key before.
 * @param onRows told of each piece, for whoever waits.
 */
export async function reencipherInService(
  store: Store,
  order: { readonly by: string; readonly from: string; readonly clock: () => number },
  onRows: (table: keyof Reenciphered, rows: number) => void = () => undefined,
): Promise<Reenciphered> {
  const { by, from, clock } = order;
  const { vault } = store;
  const change: Change = { from: vault, to: vault, newIndex: false };
  const rows = await everyTable((pages, table) =>
    everyPage(async (after) => {
      const begun = performance.now();
      const page = await store.write((db) => pages(db, change, after, SMALL_PAGE));
      onRows(table, page.rows);
      await delay(REST * (performance.now() - begun));
      return page;
    }),
  );
  await store.write(async (db) => {
    await resealReceiptKeys(db, change);
    await resealWebhooks(db, change);
    await resealAccounts(db, change);
    await bindTo(db, vault, { by, from }, clock());
  });
  return rows;
}

async function everyTable(
  walk: (pages: Pages, table: keyof Reenciphered) => Promise<number>,
): Promise<Reenciphered> {
  return {
    verifications: await walk(TABLES.verifications, "verifications"),
    enrollments: await walk(TABLES.enrollments, "enrollments"),
    calls: await walk(TABLES.calls, "calls"),
    events: await walk(TABLES.events, "events"),
  };
}

async function everyPage(next: (after: number | string | undefined) => Promise<Page>): Promise<number> {
  let all = 0;
  for (let after: Page["after"] | undefined; after !== null;) {
    const page = await next(after);
    all += page.rows;
    ({ after } = page);
  }
  return all;
}

async function bindTo(
  db: Kysely<Schema>,
  to: Vault,
  { by, from }: { readonly by: string; readonly from: string },
  now: number,
): Promise<void> {
  await putMeta(db, FINGERPRINT_KEY, to.fingerprint);
  await deleteMeta(db, COMING_FINGERPRINT_KEY);
  const details = { by, from, to: to.fingerprint };
  await noteAudit(db, to, BY_COMMAND, now, { act: "data_key.rotated", target: "keys/data.key", details });
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
