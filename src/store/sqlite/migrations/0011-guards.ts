import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What counts of wrong entries are held against: besides a number, the callers of it whose number nobody has
 * proved, and the PIN of an enrollment. And of each call that came in, whether its number was proved.
 */
export const guards: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table number_guards add column unproved_failures integer not null default 0`.execute(db);
    await sql`alter table number_guards add column last_unproved_failure_at integer`.execute(db);
    await sql`alter table enrollments add column wrong_pins_proved integer not null default 0`.execute(db);
    await sql`alter table enrollments add column wrong_pins_unproved integer not null default 0`.execute(db);
    await sql`alter table attempts add column caller_proved integer`.execute(db);
  },
};
