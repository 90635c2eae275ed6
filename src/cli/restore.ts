import type { Command } from "commander";
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Opening } from "../backup/encryption.js";
import { refuseNonEmpty, restoreBackup, type Restored } from "../backup/restore-backup.js";
import { kindOf } from "../backup/unpack.js";
import { versionsDir } from "../prompts/library.js";
import { lockDataDir } from "../service/instance-lock.js";
import { databasePlace } from "../store/dialects.js";
import { keyFileOf } from "../vault/key-file.js";
import { answering } from "./backup.js";
import { readConfig } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, say } from "./output.js";
import { readLines, readPassphrase } from "./read-passphrase.js";

interface Options {
  passphraseFile?: string;
  identity?: string;
  json?: true;
}

export function addRestoreCommand(program: Command): void {
  program
    .command("restore")
    .argument("<file>", "a file that `honnin backup` wrote")
    .option("--passphrase-file <file>", "the passphrase, in the first line of a file; else it is asked for")
    .option("--identity <file>", "a file with secret keys of age (AGE-SECRET-KEY-1…)")
    .option("--json", "print what was restored")
    .description(
      "put a backup into an empty data directory and an empty database; all of it is checked before anything is put in place",
    )
    .action(restore);
}

async function restore(name: string, options: Options): Promise<void> {
  const config = readConfig();
  const { dataDir, databaseUrl } = config;
  const keyFile = keyFileOf(config);
  const place = databasePlace(dataDir, databaseUrl);
  const file = path.resolve(name);
  if (!existsSync(file))
    throw new CommandError(`${file} がありません / there is no such file`, EXIT.negative);
  const kind = await answering(kindOf(file));
  await answering(refuseNonEmpty(dataDir, place, keyFile));
  const opening = kind === "plain" ? null : await openingOf(options);
  const restored = await inLockedDir(dataDir, () =>
    answering(restoreBackup({ dataDir, keyFile, promptsDir: versionsDir(config), place, file, opening })),
  );
  tell(restored, keyFile);
  if (options.json) {
    const { files, ...manifest } = restored.manifest;
    printJson({
      data_dir: dataDir,
      database: place.name,
      data_key: restored.hasKey,
      ...manifest,
      files: files.length,
    });
  } else printData(place.name);
}

async function openingOf({ identity, passphraseFile }: Options): Promise<Opening> {
  if (identity === undefined) return { passphrase: await readPassphrase(passphraseFile, false) };
  if (passphraseFile !== undefined) throw new CommandError("--identity or --passphrase-file", EXIT.usage);
  const identities = readLines(identity).filter((line) => line !== "" && !line.startsWith("#"));
  if (identities.length === 0) throw new CommandError(`${identity}: has no secret key of age`, EXIT.usage);
  return { identities };
}

/** While nobody else serves it; where it fails, what was made for it goes again. */
async function inLockedDir<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const isNew = !existsSync(dataDir);
  const unlock = lockDataDir(dataDir);
  let done = false;
  try {
    const result = await work();
    done = true;
    return result;
  } finally {
    unlock();
    if (!done && isNew) removeNew(dataDir);
  }
}

/** Unless a disk failed while things were put in place. */
function removeNew(dataDir: string): void {
  if (readdirSync(dataDir).some((name) => name !== "service.lock")) return;
  rmSync(path.join(dataDir, "service.lock"));
  rmdirSync(dataDir);
}

function tell({ manifest, hasKey }: Restored, keyFile: string): void {
  const { verifications = 0, enrollments = 0, clients = 0 } = manifest.counts;
  say(
    `${manifest.created_at} (Honnin ${manifest.version}): clients ${String(clients)}, ` +
      `verifications ${String(verifications)}, enrollments ${String(enrollments)}`,
  );
  if (hasKey) return;
  say(`サービスを起動する前に、別に保管した鍵を ${keyFile} に置いてください。`);
  say(`Before the service is started put the key, which was kept elsewhere, at ${keyFile}.`);
}
