import type { Kysely } from "kysely";
import type { ClientDidTable } from "./client-schema.js";
import { compiled } from "./compiled.js";
import type { Schema } from "./schema.js";

const didClaims = compiled((db) => db.selectFrom("client_dids").selectAll().orderBy("position"));

/** Every claimed DID, each client's in its own order. There are a handful. */
function listDidClaims(db: Kysely<Schema>): Promise<ClientDidTable[]> {
  return didClaims(db, {});
}

/** Those that a client has claimed, in its own order. */
export async function listOwnDids(db: Kysely<Schema>, clientId: string): Promise<string[]> {
  const claims = await listDidClaims(db);
  return claims.filter((claim) => claim.client_id === clientId).map(({ did }) => did);
}

/**
 * The DIDs at which a client may await calls: its own, then those that nobody has claimed.
 *
 * @param dids those of the service, as `canonicalDid` spells them; a claim of any other is void.
 */
export async function didsOfClient(
  db: Kysely<Schema>,
  clientId: string,
  dids: readonly string[],
): Promise<readonly string[]> {
  const claims = await listDidClaims(db);
  const own = claims.filter((claim) => claim.client_id === clientId).map(({ did }) => did);
  const claimed = new Set(claims.map(({ did }) => did));
  return [...own.filter((did) => dids.includes(did)), ...dids.filter((did) => !claimed.has(did))];
}

/**
 * The client that is told of a call to a DID which nothing waits for: whoever has claimed the DID; of an
 * unclaimed one the only client there is, else nobody, for no client may see another's callers.
 */
export async function findDidOwner(db: Kysely<Schema>, did: string): Promise<string | null> {
  const claim = await db
    .selectFrom("client_dids")
    .select("client_id")
    .where("did", "=", did)
    .executeTakeFirst();
  if (claim !== undefined) return claim.client_id;
  const [first, second] = await db.selectFrom("clients").select("id").limit(2).execute();
  return first !== undefined && second === undefined ? first.id : null;
}

/** A DID that another client has claimed. */
export interface ClaimConflict {
  readonly did: string;
  /** For the administrator alone: no API names another client. */
  readonly clientName: string;
}

/**
 * Makes these the DIDs of a client, in this order, in place of those it had.
 *
 * @returns what stands against it; then nothing is changed.
 */
export async function claimDids(
  db: Kysely<Schema>,
  clientId: string,
  dids: readonly string[],
): Promise<ClaimConflict | null> {
  const taken = dids.length === 0 ? undefined : await findTaken(db, clientId, dids);
  if (taken !== undefined) return taken;
  await db.deleteFrom("client_dids").where("client_id", "=", clientId).execute();
  const rows = dids.map((did, position) => ({ did, client_id: clientId, position }));
  if (rows.length > 0) await db.insertInto("client_dids").values(rows).execute();
  return null;
}

function findTaken(
  db: Kysely<Schema>,
  clientId: string,
  dids: readonly string[],
): Promise<ClaimConflict | undefined> {
  return db
    .selectFrom("client_dids")
    .innerJoin("clients", "clients.id", "client_dids.client_id")
    .select(["client_dids.did", "clients.name as clientName"])
    .where("client_dids.did", "in", dids)
    .where("client_dids.client_id", "<>", clientId)
    .executeTakeFirst();
}
