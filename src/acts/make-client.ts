import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { findClientByName, insertClient } from "../store/clients.js";
import type { ClientTable, Schema } from "../store/schema.js";
import type { Who } from "./audit-who.js";
import { noteAudit, type NotedBy } from "./note-audit.js";

const CLIENT_NAME = /^[\p{L}\p{N} ._-]{1,64}$/u;
export const CLIENT_NAME_RULE = "1 to 64 letters, digits, blanks or . _ -";

export function isClientName(name: string): boolean {
  return CLIENT_NAME.test(name);
}

/**
 * Makes a client, within the caller's transaction.
 *
 * @param name that {@link isClientName} takes.
 * @returns null when there is one of that name.
 */
export async function makeClient(
  db: Kysely<Schema>,
  { vault, now }: NotedBy,
  who: Who,
  name: string,
): Promise<ClientTable | null> {
  if ((await findClientByName(db, name)) !== undefined) return null;
  const client = { id: `cli_${randomUUID()}`, name, created_at: now };
  await insertClient(db, client);
  await noteAudit(db, vault, who, now, { act: "client.created", target: name });
  return client;
}
