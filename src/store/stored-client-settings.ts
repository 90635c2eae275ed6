import type { Kysely } from "kysely";
import { type ClientSettings, readSettings } from "../clients/client-settings.js";
import { compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";

/**
 * What a client has set, as it is now. One prepared statement: it is read anew for each request and call,
 * so that a change needs no restart.
 *
 * @throws {ClientSettingsError}
 */
export async function readClientSettings(db: Kysely<Schema>, clientId: string): Promise<ClientSettings> {
  return readSettings((await findSettings(db, { clientId }))?.settings ?? null);
}

/** Whose a call is, and to which number; undefined when there is no such verification. */
export async function readClientOf(
  db: Kysely<Schema>,
  verificationSeq: number,
): Promise<
  | {
      readonly clientId: string;
      readonly settings: ClientSettings;
      readonly numberIndex: Buffer;
      readonly numberCipher: Buffer;
    }
  | undefined
> {
  const row = await clientOf(db, { verificationSeq });
  return (
    row && {
      clientId: row.client_id,
      settings: readSettings(row.settings),
      numberIndex: row.number_index,
      numberCipher: row.number_cipher,
    }
  );
}

/** Those settings alone that the client has set, by key. */
export async function readOwnSettings(
  db: Kysely<Schema>,
  clientId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const row = await findSettings(db, { clientId });
  return row === undefined ? {} : (JSON.parse(row.settings) as Record<string, unknown>);
}

/**
 * @param changes values as `parseSetting` gives them; undefined takes a setting back to its default.
 * @throws {ClientSettingsError} when what it would be together is not understood; nothing is changed then.
 */
export async function changeClientSettings(
  db: Kysely<Schema>,
  clientId: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  // What is undefined is not in the JSON.
  const settings = JSON.stringify({ ...(await readOwnSettings(db, clientId)), ...changes });
  readSettings(settings);
  await db
    .insertInto("client_settings")
    .values({ client_id: clientId, settings })
    .onConflict((conflict) => conflict.column("client_id").doUpdateSet({ settings }))
    .execute();
}

const clientOf = compiledFirst((db, { verificationSeq }: { verificationSeq: number }) =>
  db
    .selectFrom("verifications")
    .leftJoin("client_settings", "client_settings.client_id", "verifications.client_id")
    .select(["verifications.client_id", "client_settings.settings"])
    .select(["verifications.number_index", "verifications.number_cipher"])
    .where("verifications.seq", "=", verificationSeq),
);

const findSettings = compiledFirst((db, { clientId }: { clientId: string }) =>
  db.selectFrom("client_settings").select("settings").where("client_id", "=", clientId),
);
