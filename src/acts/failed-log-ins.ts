import type { Kysely } from "kysely";
import { time } from "../representation/time.js";
import { findAdminByName } from "../store/admins.js";
import {
  countFailedLogIns,
  deleteFailedLogIns,
  type FailedLogInRow,
  findFailedLogIns,
  insertFailedLogIns,
  listFailedLogIns,
  updateFailedLogIns,
} from "../store/failed-log-ins.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { somebodyAt } from "./audit-who.js";
import { noteAudit } from "./note-audit.js";

const ACT = "login.failed";
/** So long the failures of one address and name are counted together. */
const WINDOW_MS = 10 * 60_000;
/** Of those so many have a line each, as people mistype; of all others one line tells. */
const TOLD = 5;
/** Addresses and names that are counted at one time; whatever comes on top is counted as one. */
const MOST = 200;
const OTHERS = "others";

/**
 * Notes a log-in that failed. Whoever tries passwords would fill the audit trail, whose lines are never taken out: of
 * the sixth on within ten minutes only their number is kept, and told by {@link tellFailedLogIns}.
 *
 * @param name as it was tried; kept where it is somebody's: people type their password into the wrong field.
 */
export async function noteFailedLogIn(
  db: Kysely<Schema>,
  vault: Vault,
  address: string,
  name: string,
  now: number,
): Promise<void> {
  const target = (await findAdminByName(db, name))?.name ?? "";
  let key = { address, target };
  let known = await findFailedLogIns(db, key);
  if (known === undefined && (await countFailedLogIns(db)) >= MOST) {
    key = { address: OTHERS, target: "" };
    known = await findFailedLogIns(db, key);
  }
  if (known !== undefined && isOver(known, now)) {
    await tell(db, vault, known, now);
    known = undefined;
  }
  if (known === undefined) {
    await insertFailedLogIns(db, { ...key, since: now, last_at: now, told: 1, untold: 0 });
  } else {
    const isTold = known.told < TOLD;
    const { told, untold } = known;
    const counts = isTold ? { told: told + 1, untold } : { told, untold: untold + 1 };
    await updateFailedLogIns(db, key, { ...counts, last_at: now });
    if (!isTold) return;
  }
  await noteAudit(db, vault, somebodyAt(key.address), now, { act: ACT, target: key.target });
}

/** Tells of those whose ten minutes are over. */
export async function tellFailedLogIns(db: Kysely<Schema>, vault: Vault, now: number): Promise<void> {
  for (const row of await listFailedLogIns(db, now - WINDOW_MS)) await tell(db, vault, row, now);
}

/** A clock that was set back begins anew too. */
function isOver({ since }: FailedLogInRow, now: number): boolean {
  return now < since || now - since >= WINDOW_MS;
}

async function tell(db: Kysely<Schema>, vault: Vault, row: FailedLogInRow, now: number): Promise<void> {
  await deleteFailedLogIns(db, row);
  if (row.untold === 0) return;
  const { address, target, untold, since, last_at } = row;
  const details = { more: String(untold), from: time(since), to: time(last_at) };
  await noteAudit(db, vault, somebodyAt(address), now, { act: ACT, target, details });
}
