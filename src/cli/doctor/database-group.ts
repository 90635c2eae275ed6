import { open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { DatabaseVersionError } from "../../store/database-version.js";
import { databasePlace } from "../../store/dialects.js";
import { errorText } from "../../log.js";
import { VaultError } from "../../vault/vault.js";
import { DATABASE_FINDINGS } from "./database-findings.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { processName } from "./processes.js";

type Seen = FoundIn<typeof DATABASE_FINDINGS>;

/** A call commits six times; a disk of spinning iron takes 10 ms, one of flash 1 to 5. */
const SLOW_SYNC_MS = 50;
const SYNCS = 5;

/** Whether what is stored is whole, ours to read, and quick enough to be written. */
export const databaseGroup = group(
  { ja: "データベース", en: "Database" },
  DATABASE_FINDINGS,
  async (patient) => [...opened(patient), ...(await whole(patient)), ...(await speed(patient))],
);

function opened({ storeError }: Patient): Seen[] {
  // Of the key another group tells.
  if (storeError === null || storeError instanceof VaultError) return [];
  if (storeError instanceof DatabaseVersionError) {
    const newer = storeError.code === "database_newer";
    return [
      { id: newer ? "database-newer" : "database-older", seen: storeError.message.split(":")[0] ?? "" },
    ];
  }
  return [{ id: "database-unreadable", seen: errorText(storeError) }];
}

async function whole({ config, dataDir, pid }: Patient): Promise<Seen[]> {
  const place = databasePlace(dataDir, config?.databaseUrl);
  const { damage, heldBy } = await place.examine();
  const found: Seen[] = damage.map((seen) => ({ id: "database-damaged", seen }));
  if (heldBy !== null && heldBy !== pid)
    found.push({ id: "database-locked", seen: await processName(heldBy) });
  return found;
}

/** In a file of its own beside the database, which is gone again: that itself is never written to. */
async function speed({ config, dataDir }: Patient): Promise<Seen[]> {
  const [folder] = databasePlace(dataDir, config?.databaseUrl).folders;
  if (folder === undefined || (await stat(folder).catch(() => null)) === null) return [];
  try {
    return judgeSync(folder, await syncTimes(folder));
  } catch (error) {
    return [{ id: "database-unwritable", seen: `${folder}: ${errorText(error)}` }];
  }
}

/** @param times of each, milliseconds. The median: one may fall into something that others write. */
export function judgeSync(folder: string, times: readonly number[]): Seen[] {
  const median = [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  return median < SLOW_SYNC_MS
    ? []
    : [{ id: "database-slow", seen: `${folder}: fsync ${median.toFixed(0)} ms` }];
}

async function syncTimes(folder: string): Promise<readonly number[]> {
  const file = path.join(folder, `.doctor-${String(process.pid)}`);
  const handle = await open(file, "wx", 0o600);
  try {
    const page = Buffer.alloc(4_096);
    const times: number[] = [];
    for (let nth = 0; nth < SYNCS; nth += 1) {
      const begun = performance.now();
      await handle.write(page);
      await handle.datasync();
      times.push(performance.now() - begun);
    }
    return times;
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
}
