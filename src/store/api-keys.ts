import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { type ClientSettings, readSettings } from "../clients/client-settings.js";
import { compiledFirst } from "./compiled.js";
import type { ApiKeyTable, Schema } from "./schema.js";

/** The prefix lets secret scanners and people recognise a key that lies about. */
const KEY_PREFIX = "honnin_";

export interface IssuedKey {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly key: string;
}

function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** @param expiresAt epoch milliseconds, or null for a key that lasts until it is revoked. */
export async function insertApiKey(
  db: Kysely<Schema>,
  key: { clientId: string; label: string; now: number; expiresAt: number | null },
): Promise<IssuedKey> {
  const text = KEY_PREFIX + randomBytes(32).toString("base64url");
  const id = `key_${randomUUID()}`;
  await db
    .insertInto("api_keys")
    .values({
      id,
      client_id: key.clientId,
      hash: hashKey(text),
      label: key.label,
      created_at: key.now,
      expires_at: key.expiresAt,
      revoked_at: null,
    })
    .execute();
  return { id, key: text };
}

export interface KeyHolder {
  readonly clientId: string;
  readonly settings: ClientSettings;
}

const keyByHash = compiledFirst((db, { hash }: { hash: Buffer }) =>
  db
    .selectFrom("api_keys")
    .leftJoin("client_settings", "client_settings.client_id", "api_keys.client_id")
    .select(["api_keys.client_id", "expires_at", "revoked_at", "settings"])
    .where("hash", "=", hash),
);

/** The client that a bearer key speaks for; undefined when it is unknown, revoked or expired. */
export async function findClientOfKey(
  db: Kysely<Schema>,
  key: string,
  now: number,
): Promise<KeyHolder | undefined> {
  const row = await keyByHash(db, { hash: hashKey(key) });
  if (row === undefined || !isLive(row, now)) return undefined;
  return { clientId: row.client_id, settings: readSettings(row.settings) };
}

/** Whether a key is neither revoked nor expired. */
export function isLive(
  { revoked_at, expires_at }: Pick<ApiKeyTable, "revoked_at" | "expires_at">,
  now: number,
): boolean {
  return revoked_at === null && (expires_at === null || expires_at > now);
}

export type ApiKeyListing = Omit<ApiKeyTable, "hash"> & { client_name: string };

export function listApiKeys(db: Kysely<Schema>): Promise<ApiKeyListing[]> {
  return db
    .selectFrom("api_keys")
    .innerJoin("clients", "clients.id", "api_keys.client_id")
    .select([
      "api_keys.id",
      "api_keys.client_id",
      "clients.name as client_name",
      "api_keys.label",
      "api_keys.created_at",
      "api_keys.expires_at",
      "api_keys.revoked_at",
    ])
    .orderBy("api_keys.created_at")
    .orderBy("api_keys.id")
    .execute();
}

/** The keys of one client, without their secret. */
export function listKeysOfClient(db: Kysely<Schema>, clientId: string): Promise<Omit<ApiKeyTable, "hash">[]> {
  return db
    .selectFrom("api_keys")
    .select(["id", "client_id", "label", "created_at", "expires_at", "revoked_at"])
    .where("client_id", "=", clientId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

/**
 * Sets when a key ends that is in use; null: when it is revoked. One that has ended stays so: who was told that it is
 * worth nothing any more may have left it lying about.
 *
 * @returns false when there is no such key, or it has ended.
 */
export async function setKeyExpiry(
  db: Kysely<Schema>,
  id: string,
  expiresAt: number | null,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("api_keys")
    .set({ expires_at: expiresAt })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** @returns false when there is no such key, or it was revoked already. */
export async function revokeApiKey(db: Kysely<Schema>, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("api_keys")
    .set({ revoked_at: now })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
