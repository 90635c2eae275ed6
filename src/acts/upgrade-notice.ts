import type { Store } from "../store/store.js";
import { readSettings } from "../clients/client-settings.js";

/** Noted once the administrator was told that From alone proves a number no longer. */
const TOLD = "told_of_asserted_by_default";
const RECENT_MS = 30 * 24 * 3_600_000;

/**
 * Names of the clients that have lived by the caller's number alone and have not said what they demand: members
 * enrolled without a PIN, or verifications by `caller_id` in the last 30 days. Until the upgrade From was enough.
 *
 * @param tell is called once in the life of a database, and not at all where it concerns nobody.
 */
export async function tellOfAssertedByDefault(
  store: Store,
  tell: (clients: readonly string[]) => void,
  now: number,
): Promise<void> {
  const told = await store.read.selectFrom("meta").select("key").where("key", "=", TOLD).executeTakeFirst();
  if (told !== undefined) return;
  const clients = await clientsConcerned(store, now);
  if (clients.length > 0) tell(clients);
  await store.write(async (db) => {
    await db
      .insertInto("meta")
      .values({ key: TOLD, value: new Date(now).toISOString() })
      .onConflict((conflict) => conflict.column("key").doNothing())
      .execute();
  });
}

async function clientsConcerned(store: Store, now: number): Promise<string[]> {
  const rows = await store.read
    .selectFrom("clients")
    .leftJoin("client_settings", "client_settings.client_id", "clients.id")
    .select(["clients.name", "client_settings.settings"])
    .where((eb) =>
      eb.or([
        eb.exists(
          eb
            .selectFrom("enrollments")
            .select("enrollments.seq")
            .whereRef("enrollments.client_id", "=", "clients.id")
            .where("enrollments.pin_hash", "is", null)
            .where((or) =>
              or.or([or("enrollments.expires_at", "is", null), or("enrollments.expires_at", ">", now)]),
            ),
        ),
        eb.exists(
          eb
            .selectFrom("verifications")
            .select("verifications.seq")
            .whereRef("verifications.client_id", "=", "clients.id")
            .where("verifications.created_at", ">", now - RECENT_MS)
            .where("verifications.method", "=", "caller_id"),
        ),
      ]),
    )
    .orderBy("clients.name")
    .execute();
  return rows.filter(({ settings }) => demandsNothingOfItsOwn(settings)).map(({ name }) => name);
}

/** Also of settings that are not understood: they are told of wherever they are needed, and stop no start. */
function demandsNothingOfItsOwn(settings: string | null): boolean {
  try {
    return readSettings(settings).demand_evidence === null;
  } catch {
    return true;
  }
}
