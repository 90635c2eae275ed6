import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What limits on calls and budgets are counted by. */
export const limits: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Calls to one number, whichever client makes them.
    await db.schema
      .createIndex("verifications_by_number")
      .on("verifications")
      .columns(["number_index", "created_at"])
      .execute();
    // A verification that is deleted is looked for here, by us and for the sake of the foreign key: without this each
    // of 200 in a batch walked through all keys of a day, 0.3 s for 40,000 of them, while every call waited.
    await db.schema
      .createIndex("idempotency_keys_of_verification")
      .on("idempotency_keys")
      .column("verification_seq")
      .execute();
    // Sums by what they are of and when: a few rows a client and day, so a call adds to a sum by its key.
    await sql`create table counters (
      scope text not null, period text not null, amount integer not null, told integer not null default 0,
      kept_until integer, primary key (scope, period)) without rowid`.execute(db);
    await db.schema.alterTable("attempts").addColumn("cost", "integer").execute();
    await db.schema.alterTable("attempts").addColumn("price", "text").execute();
  },
};
