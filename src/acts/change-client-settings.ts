import type { Kysely } from "kysely";
import { claimDids, type ClaimConflict } from "../store/client-dids.js";
import type { Schema } from "../store/schema.js";
import { changeClientSettings } from "../store/stored-client-settings.js";

export interface SettingChanges {
  /** Values as `parseSetting` gives them; undefined takes a setting back to its default. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** As `canonicalDid` spells them; undefined: left as they are. */
  readonly dids: readonly string[] | undefined;
}

/**
 * Changes what a client has set, within the caller's transaction.
 *
 * @returns what stands against its DIDs; of several changes none is made then.
 */
export async function changeSettings(
  db: Kysely<Schema>,
  clientId: string,
  { settings, dids }: SettingChanges,
): Promise<ClaimConflict | null> {
  const taken = dids === undefined ? null : await claimDids(db, clientId, dids);
  if (taken === null) await changeClientSettings(db, clientId, settings);
  return taken;
}
