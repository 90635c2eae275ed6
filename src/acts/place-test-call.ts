import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { DialLimits } from "../clients/call-limits.js";
import { findClientByName, insertClient } from "../store/clients.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import type { NewVerification } from "../store/verifications.js";
import { maskNumber, type PhoneNumber } from "../verification/phone-number.js";
import type { Who } from "./audit-who.js";
import { noteAudit } from "./note-audit.js";
import { registerIn, type Registration } from "./register.js";

/** Whose the calls are that are placed from the console: a client as any other, with settings and limits of its own. */
const NAME = "console";

/** The id of that client, which is made when it is first needed. */
export function consoleClient(store: Store, now: number): Promise<string> {
  return store.write(async (db) => (await findClientByName(db, NAME))?.id ?? makeClient(db, now));
}

async function makeClient(db: Kysely<Schema>, now: number): Promise<string> {
  const id = `cli_${randomUUID()}`;
  await insertClient(db, { id, name: NAME, created_at: now });
  return id;
}

/** Registers it, and notes who did. */
export function placeTestCall(
  store: Store,
  who: Who,
  { row, number, limits }: { row: NewVerification; number: PhoneNumber; limits: DialLimits },
): Promise<Registration> {
  return store.write(async (db) => {
    const registration = await registerIn(db, store, row, limits);
    if (registration.kind === "created") {
      const details = { number: maskNumber(number.e164) };
      const line = { act: "testcall.placed" as const, target: row.id, details };
      await noteAudit(db, store.vault, who, row.created_at, line);
    }
    return registration;
  });
}
