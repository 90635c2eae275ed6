import type { Command } from "commander";
import { existsSync, linkSync, readFileSync, renameSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { OpenVerificationsError, rotateDataKey, type Rotation } from "../acts/rotate-data-key.js";
import { hasErrorCode } from "../error-code.js";
import { makePrivateFile } from "../private-file.js";
import { lockDataDir } from "../service/instance-lock.js";
import { databasePlace } from "../store/dialects.js";
import { Store } from "../store/store.js";
import { newKeyFile, readKeyFile } from "../vault/key-file.js";
import { readConfig, sayMigration } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printJson, say } from "./output.js";

interface Options {
  by?: string;
  json?: true;
}

export function addDataKeyCommands(program: Command): void {
  program
    .command("data-key")
    .description("the key of all stored numbers")
    .command("rotate")
    .option("--by <name>", "who does it, for the audit trail (default: the user of this machine)")
    .option("--json", "print what was enciphered anew")
    .description("make a new data key and encipher everything with it, while the service is stopped")
    .action(rotate);
}

/**
 * The new key is written beside the old one first; then the database goes over to it in one transaction; then it takes
 * the old one's name. Killed at whatever moment, the same command goes on from there.
 */
async function rotate(options: Options): Promise<void> {
  const { dataDir, databaseUrl } = readConfig();
  const place = databasePlace(dataDir, databaseUrl);
  if (!(await place.exists())) {
    throw new CommandError(`${place.name} がありません / there is no database`, EXIT.negative);
  }
  const file = path.join(dataDir, "keys", "data.key");
  const next = `${file}.next`;
  const unlock = lockDataDir(dataDir);
  try {
    const { keyFingerprint: bound } = await place.copies.facts();
    let done: Rotation | null = null;
    // Or an earlier one was broken off after its transaction.
    if (!existsSync(next) || fingerprintOf(next) !== bound) {
      done = await reencipher(dataDir, databaseUrl, next, options.by ?? userInfo().username);
    }
    const retired = `${file}.${fingerprintOf(file)}`;
    takeOver(file, next, retired);
    tell(done, retired, options.json === true);
    if (!(await place.copies.emptyLog())) say("-wal: run honnin data-key rotate while nothing else reads");
  } finally {
    unlock();
  }
}

async function reencipher(
  dataDir: string,
  databaseUrl: string | undefined,
  next: string,
  by: string,
): Promise<Rotation> {
  const store = await Store.open(dataDir, databaseUrl, sayMigration);
  try {
    // Of one that was broken off before its transaction: nothing was enciphered with it.
    rmSync(next, { force: true });
    makePrivateFile(next, newKeyFile(store.vault));
    return await rotateDataKey(store, readKeyFile(readFileSync(next, "utf8")), by, Date.now());
  } catch (error) {
    if (!(error instanceof OpenVerificationsError)) throw error;
    rmSync(next, { force: true });
    throw new CommandError(`${error.message} [${error.code}]`, EXIT.negative);
  } finally {
    await store.close();
  }
}

/** The old key is kept under its fingerprint: backups from before are opened by it. */
function takeOver(file: string, next: string, retired: string): void {
  try {
    linkSync(file, retired);
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw error;
  }
  renameSync(next, file);
}

function fingerprintOf(file: string): string {
  return readKeyFile(readFileSync(file, "utf8")).fingerprint;
}

function tell(done: Rotation | null, retired: string, json: boolean): void {
  if (json) {
    const { verifications = 0, enrollments = 0, calls = 0, events = 0, guardsLost = 0 } = done ?? {};
    printJson({ verifications, enrollments, calls, events, guards_lost: guardsLost, old_key: retired });
  }
  say(`以前の鍵は ${retired} にあります。それまでのバックアップとともに、別の場所へ移してください。`);
  say(`The old key is in ${retired}: move it away, to the backups from before, which need it.`);
}
