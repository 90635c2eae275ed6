import { statfs, stat } from "node:fs/promises";
import path from "node:path";
import { openVault } from "../../vault/open-vault.js";
import { VaultError } from "../../vault/vault.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { DATA_FINDINGS } from "./data-findings.js";
import { modeText } from "./settings-group.js";

type Seen = FoundIn<typeof DATA_FINDINGS>;

/** So many times the floor below which registrations are refused: then there is time to do something. */
const NEARLY_FULL = 2;
const MEGABYTE = 1_000_000;

/** What lies in the data directory, who can read it, and what room there is. */
export const dataGroup = group(
  { ja: "データディレクトリと鍵", en: "Data directory and key" },
  DATA_FINDINGS,
  async (patient) => [...(await folder(patient)), ...(await key(patient)), ...(await room(patient))],
);

async function folder({ dataDir, standing }: Patient): Promise<Seen[]> {
  const there = await stat(dataDir).catch(() => null);
  // A first start makes it.
  if (there === null) return [];
  if (!there.isDirectory()) return [{ id: "data-dir-unusable", seen: dataDir }];
  const found: Seen[] = [];
  if ((there.mode & 0o077) !== 0)
    found.push({ id: "data-dir-open", seen: `${dataDir}: ${modeText(there.mode)}` });
  const us = process.getuid?.();
  // A service that runs has the rights that it needs, whoever looks at it.
  if (standing === null && us !== undefined && us !== 0 && there.uid !== us) {
    found.push({
      id: "data-dir-of-another",
      seen: `${dataDir}: uid ${String(there.uid)}, not ${String(us)}`,
    });
  }
  return found;
}

async function key({ dataDir, keyFile: file, storeError }: Patient): Promise<Seen[]> {
  const there = await stat(file).catch(() => null);
  if (there === null) {
    const database = await stat(path.join(dataDir, "honnin.db")).catch(() => null);
    return database === null && !(storeError instanceof VaultError)
      ? []
      : [{ id: "key-missing", seen: file }];
  }
  const found: Seen[] = [];
  if ((there.mode & 0o077) !== 0)
    found.push({ id: "key-readable", seen: `${file}: ${modeText(there.mode)}` });
  try {
    openVault(dataDir, true, file);
    // The key is one, and the database does not take it.
    if (storeError instanceof VaultError) found.push({ id: "key-of-another", seen: file });
  } catch (error) {
    found.push({ id: "key-unusable", seen: error instanceof VaultError ? error.message : file });
  }
  return found;
}

async function room({ dataDir, settings }: Patient): Promise<Seen[]> {
  const floor = settings?.minFreeDisk ?? 500 * MEGABYTE;
  const found: Seen[] = [];
  const seenDisks = new Set<string>();
  for (const place of settings?.writtenTo ?? [dataDir]) {
    const disk = await statfs(place).catch(() => null);
    if (disk === null) continue;
    const free = disk.bavail * disk.bsize;
    const seen = `${place}: ${String(Math.floor(free / MEGABYTE))} MB (HONNIN_MIN_FREE_DISK_MB=${String(floor / MEGABYTE)})`;
    const same = `${String(disk.type)} ${String(disk.blocks)} ${String(disk.bavail)}`;
    if (seenDisks.has(same)) continue;
    seenDisks.add(same);
    if (free < floor) found.push({ id: "disk-full", seen });
    else if (free < floor * NEARLY_FULL) found.push({ id: "disk-nearly-full", seen });
    if (disk.files > 0 && disk.ffree < disk.files / 100) {
      found.push({ id: "inodes-nearly-gone", seen: `${place}: ${String(disk.ffree)}` });
    }
  }
  return found;
}
