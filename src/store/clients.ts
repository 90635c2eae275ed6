import type { Kysely } from "kysely";
import type { ClientTable, Schema } from "./schema.js";

export async function insertClient(db: Kysely<Schema>, client: ClientTable): Promise<void> {
  await db.insertInto("clients").values(client).execute();
}

export function findClientByName(db: Kysely<Schema>, name: string): Promise<ClientTable | undefined> {
  return db.selectFrom("clients").selectAll().where("name", "=", name).executeTakeFirst();
}

export function findClient(db: Kysely<Schema>, id: string): Promise<ClientTable | undefined> {
  return db.selectFrom("clients").selectAll().where("id", "=", id).executeTakeFirst();
}

export function listClients(db: Kysely<Schema>): Promise<ClientTable[]> {
  return db.selectFrom("clients").selectAll().orderBy("created_at").orderBy("id").execute();
}
