import type { Kysely } from "kysely";
import { didsOf, listDidClaims } from "./client-dids.js";
import type { Schema } from "./schema.js";

/**
 * Which DIDs of the service serve a client: its own, then those that nobody has claimed.
 *
 * @param dids as `canonicalDid` spells them.
 */
export async function didsOfClient(
  db: Kysely<Schema>,
  clientId: string,
  dids: readonly string[],
): Promise<readonly string[]> {
  return didsOf(clientId, await listDidClaims(db), dids);
}
