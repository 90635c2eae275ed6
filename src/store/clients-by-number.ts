import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";

/**
 * Clients for which a caller's number alone is enough: they have members without a PIN, or had verifications by
 * `caller_id` since a time.
 */
export function listClientsByNumber(
  db: Kysely<Schema>,
  since: number,
  now: number,
): Promise<{ name: string; settings: string | null }[]> {
  return db
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
            .where("verifications.created_at", ">", since)
            .where("verifications.method", "=", "caller_id"),
        ),
      ]),
    )
    .orderBy("clients.name")
    .execute();
}
