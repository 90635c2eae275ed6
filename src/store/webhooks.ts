import { randomBytes } from "node:crypto";
import { type Kysely, type Selectable, sql } from "kysely";
import { compiled } from "./compiled.js";
import { lastEventSeq } from "./events.js";
import type { ClientWebhookTable } from "./event-schema.js";
import type { Schema } from "./schema.js";
import type { Vault } from "../vault/vault.js";

export type WebhookRow = Selectable<ClientWebhookTable>;

/** Standard Webhooks 1.0.0 wants 24 to 64 bytes. */
const SECRET_BYTES = 32;

export function findWebhook(db: Kysely<Schema>, clientId: string): Promise<WebhookRow | undefined> {
  return db.selectFrom("client_webhooks").selectAll().where("client_id", "=", clientId).executeTakeFirst();
}

/** Which clients have one, and when it was disabled. */
export function listWebhookStates(
  db: Kysely<Schema>,
): Promise<Pick<WebhookRow, "client_id" | "disabled_at">[]> {
  return db.selectFrom("client_webhooks").select(["client_id", "disabled_at"]).execute();
}

const activeWebhooks = compiled((db) =>
  db.selectFrom("client_webhooks").selectAll().where("disabled_at", "is", null),
);

/** Those that are to be delivered to. */
export function listActiveWebhooks(db: Kysely<Schema>): Promise<WebhookRow[]> {
  return activeWebhooks(db, {});
}

/**
 * Sets where a client's events go, from now on, and enables it. Events from before are not sent.
 *
 * @returns the secret of a new webhook; null when there was one: its secret stays.
 */
export async function setWebhook(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  url: string,
): Promise<Buffer | null> {
  const existing = await findWebhook(db, clientId);
  if (existing !== undefined) {
    const restart = existing.disabled_at === null ? {} : { cursor_seq: await lastEventSeq(db) };
    await db
      .updateTable("client_webhooks")
      .set({ url, disabled_at: null, disabled_why: null, ...restart })
      .where("client_id", "=", clientId)
      .execute();
    return null;
  }
  const secret = randomBytes(SECRET_BYTES);
  await db
    .insertInto("client_webhooks")
    .values({
      client_id: clientId,
      url,
      secret: vault.seal(secret, webhookContext(clientId)),
      previous_secret: null,
      previous_until: null,
      disabled_at: null,
      disabled_why: null,
      cursor_seq: await lastEventSeq(db),
    })
    .execute();
  return secret;
}

/**
 * Issues a new secret. The old one signs too until then (epoch milliseconds), so that the receiver
 * can change over without losing an event.
 *
 * @returns undefined when the client has no webhook.
 */
export async function rotateWebhookSecret(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  previousUntil: number,
): Promise<Buffer | undefined> {
  const secret = randomBytes(SECRET_BYTES);
  const { numUpdatedRows } = await db
    .updateTable("client_webhooks")
    .set((set) => ({
      previous_secret: set.ref("secret"),
      previous_until: previousUntil,
      secret: vault.seal(secret, webhookContext(clientId)),
    }))
    .where("client_id", "=", clientId)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? secret : undefined;
}

/**
 * Sends this client nothing more; what was under way is given up, and can be redelivered.
 *
 * @returns false when it has no webhook that is enabled.
 */
export async function disableWebhook(
  db: Kysely<Schema>,
  clientId: string,
  why: string,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("client_webhooks")
    .set({ disabled_at: now, disabled_why: why })
    .where("client_id", "=", clientId)
    .where("disabled_at", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await db
    .updateTable("webhook_deliveries")
    .set({ dead: 1 })
    .where("client_id", "=", clientId)
    .where("delivered_at", "is", null)
    .where("dead", "=", sql.lit(0))
    .execute();
  return true;
}

/** The secrets that sign at this moment, the newest first. */
export function signingSecrets(row: WebhookRow, vault: Vault, now: number): Buffer[] {
  const secrets = [vault.unseal(row.secret, webhookContext(row.client_id))];
  if (row.previous_secret !== null && (row.previous_until ?? 0) > now) {
    secrets.push(vault.unseal(row.previous_secret, webhookContext(row.client_id)));
  }
  return secrets;
}

/** What the ciphertext of a secret is bound to. */
export function webhookContext(clientId: string): string {
  return `webhook ${clientId}`;
}
