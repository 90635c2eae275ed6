import { type Compilable, type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";
import type { VerificationRow } from "./verifications.js";

/** What a call that comes in is looked for by. */
export interface Sought {
  /** Keyed index of the caller's number. */
  readonly number: Buffer;
  /** As `canonicalDid` spells it. */
  readonly did: string;
}

/**
 * The newest verification that waits for a call of this caller to this DID, or is in a call; where one client has
 * claimed the DID, of that one alone, also of those registered before the claim.
 */
export const open = {
  pending: compiledFirst((db, sought: Sought & { now: number }) => openIn(db, "pending", sought)),
  in_progress: compiledFirst((db, sought: Sought & { now: number }) => openIn(db, "in_progress", sought)),
};

function openIn(
  db: Kysely<Schema>,
  status: "pending" | "in_progress",
  sought: Sought & { now: number },
): Compilable<VerificationRow> {
  return awaiting(db, status, sought).selectAll().orderBy("seq", "desc").limit(1);
}

/**
 * Clients for which a call could be: those that have a verification open for it, and those that have enrolled its
 * number there. Of a DID that nobody has claimed it may be several; then nobody can tell which of them is meant,
 * and whichever were chosen could be handed the others' callers.
 */
export async function clientsMeant(
  db: Kysely<Schema>,
  { number, did }: Sought,
  now: number,
): Promise<readonly string[]> {
  // Digits and `+` in quotes are found in the JSON exactly.
  const rows = await meant(db, { number, did, didInJson: `%"${did}"%`, now });
  return rows.map(({ client_id }) => client_id);
}

const meant = compiled((db, sought: Sought & { didInJson: string; now: number }) =>
  awaiting(db, "pending", sought)
    .select("client_id")
    .union(awaiting(db, "in_progress", sought).select("client_id"))
    .union(
      db
        .selectFrom("enrollments")
        .select("client_id")
        .where("number_index", "=", sought.number)
        .where((eb) => eb.or([eb("dids", "is", null), eb("dids", "like", sought.didInJson)]))
        .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", sought.now)]))
        .where(notClaimedByAnother(sought.did, "enrollments.client_id")),
    ),
);

function awaiting(
  db: Kysely<Schema>,
  status: "pending" | "in_progress",
  { number, did, now }: Sought & { readonly now: number },
) {
  return (
    db
      .selectFrom("verifications")
      // Literals, for the partial indexes: see OPEN.
      .where("direction", "=", sql.lit("inbound"))
      .where("status", "=", sql.lit(status))
      .where("number_index", "=", number)
      .where("did", "=", did)
      .where("expires_at", ">", now)
      .where(notClaimedByAnother(did, "verifications.client_id"))
  );
}

/** A claim makes the DID its owner's alone. */
function notClaimedByAnother(
  did: string,
  clientId: "verifications.client_id" | "enrollments.client_id",
): RawBuilder<SqlBool> {
  return sql`not exists (select 1 from client_dids
    where client_dids.did = ${did} and client_dids.client_id <> ${sql.ref(clientId)})`;
}
