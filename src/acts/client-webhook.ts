import type { Kysely } from "kysely";
import { time } from "../representation/time.js";
import type { ClientTable, Schema } from "../store/schema.js";
import { redeliverFailed } from "../store/webhook-deliveries.js";
import { disableWebhook, rotateWebhookSecret, setWebhook } from "../store/webhooks.js";
import type { Who } from "./audit-who.js";
import { noteAudit, type NotedBy } from "./note-audit.js";

/** Whose webhook it is. */
type Client = Pick<ClientTable, "id" | "name">;

/** As {@link setWebhook}. */
export async function setClientWebhook(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client,
  url: string,
): Promise<Buffer | null> {
  const secret = await setWebhook(db, vault, client.id, url);
  // The host alone: paths of receivers are secrets now and then.
  const details = { host: new URL(url).host };
  await noteAudit(db, vault, who, now, { act: "webhook.set", target: client.name, details });
  return secret;
}

/** A new secret; the old one signs too until then. @returns undefined when the client has no webhook. */
export async function rotateClientSecret(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client,
  previousUntil: number,
): Promise<Buffer | undefined> {
  const secret = await rotateWebhookSecret(db, vault, client.id, previousUntil);
  if (secret === undefined) return undefined;
  const details = { previous_until: time(previousUntil) };
  await noteAudit(db, vault, who, now, { act: "webhook.rotated", target: client.name, details });
  return secret;
}

/** @returns false when the client has none that is enabled. */
export async function disableClientWebhook(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client,
  why: string,
): Promise<boolean> {
  if (!(await disableWebhook(db, client.id, why, now))) return false;
  await noteAudit(db, vault, who, now, { act: "webhook.disabled", target: client.name });
  return true;
}

/** Sends again what was given up. @param client null: of all. @returns how many events that are. */
export async function redeliverGivenUp(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client | null,
): Promise<number> {
  const again = await redeliverFailed(db, client?.id ?? null, now);
  if (again === 0) return 0;
  const details = { events: String(again) };
  await noteAudit(db, vault, who, now, {
    act: "webhook.redelivered",
    target: client?.name ?? "all",
    details,
  });
  return again;
}
