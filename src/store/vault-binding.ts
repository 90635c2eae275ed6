import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { VaultError } from "../vault/vault.js";

const KEY = "vault_fingerprint";

/**
 * Ties a database to the key file it was made with. Another key would open nothing, find no number
 * and match no code: better not to start than to fail every customer.
 *
 * @throws {VaultError} when the key file is another one.
 */
export async function bindVault(db: Kysely<Schema>, fingerprint: string): Promise<void> {
  const bound = await boundTo(db);
  if (bound === fingerprint) return;
  if (bound !== undefined) throw otherKey();
  await db
    .insertInto("meta")
    .values({ key: KEY, value: fingerprint })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
  if ((await boundTo(db)) !== fingerprint) throw otherKey();
}

async function boundTo(db: Kysely<Schema>): Promise<string | undefined> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", KEY).executeTakeFirst();
  return row?.value;
}

function otherKey(): VaultError {
  return new VaultError(
    "keys/data.key is not the key that this database was made with: restore it from its backup",
  );
}
