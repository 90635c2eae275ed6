import type { Kysely } from "kysely";
import { time } from "../representation/time.js";
import { insertApiKey, type IssuedKey, revokeApiKey, setKeyExpiry } from "../store/api-keys.js";
import type { ClientTable, Schema } from "../store/schema.js";
import type { Who } from "./audit-who.js";
import { noteAudit, type NotedBy } from "./note-audit.js";

/** Whose keys they are. */
type Client = Pick<ClientTable, "id" | "name">;

/** Makes a key of a client. @param replaces the id of the one in whose place it is made. */
export async function issueKey(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client,
  { label, expiresAt, replaces }: { label: string; expiresAt: number | null; replaces?: string },
): Promise<IssuedKey> {
  const issued = await insertApiKey(db, { clientId: client.id, label, now, expiresAt });
  const details = {
    client: client.name,
    ...(replaces === undefined ? {} : { replaces }),
    ...(label === "" ? {} : { label }),
  };
  await noteAudit(db, vault, who, now, { act: "key.created", target: issued.id, details });
  return issued;
}

/** Sets when a key ends. @returns false when it has ended. */
export async function setKeyEnd(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client,
  { id, expiresAt }: { readonly id: string; readonly expiresAt: number | null },
): Promise<boolean> {
  if (!(await setKeyExpiry(db, id, expiresAt, now))) return false;
  const details = { client: client.name, expires_at: time(expiresAt) ?? "" };
  await noteAudit(db, vault, who, now, { act: "key.expiry_set", target: id, details });
  return true;
}

/**
 * Revokes a key.
 *
 * @param client null where whoever revokes it names the key alone.
 * @returns false when there is none of this id, or it was revoked already.
 */
export async function revokeKey(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  client: Client | null,
  id: string,
): Promise<boolean> {
  if (!(await revokeApiKey(db, id, now))) return false;
  const details = client === null ? {} : { client: client.name };
  await noteAudit(db, vault, who, now, { act: "key.revoked", target: id, details });
  return true;
}
