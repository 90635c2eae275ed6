import type { Command } from "commander";
import path from "node:path";
import { BackupError } from "../backup/backup-error.js";
import type { Encryption } from "../backup/encryption.js";
import { type MadeBackup, makeBackup } from "../backup/make-backup.js";
import { versionsDir } from "../prompts/library.js";
import { databasePlace } from "../store/dialects.js";
import { keyFileOf } from "../vault/key-file.js";
import { readConfig } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, say } from "./output.js";
import { readPassphrase } from "./read-passphrase.js";

interface Options {
  withKeys?: true;
  encrypt?: true;
  passphraseFile?: string;
  recipient: string[];
  json?: true;
}

export function addBackupCommand(program: Command): void {
  program
    .command("backup")
    .argument("<file>", "the file to write; there must be none of that name yet")
    .option(
      "--with-keys",
      "also the data key, honnin.yaml and the TLS pair: whoever can open it can read all of it",
    )
    .option("--encrypt", "encrypt it with a passphrase that is asked for")
    .option("--passphrase-file <file>", "encrypt it with the passphrase in the first line of a file")
    .option(
      "--recipient <age1…>",
      "encrypt it for a public key of age; may be given several times",
      collect,
      [],
    )
    .option("--json", "print what is in it")
    .description("write everything that is stored into one file, also while the service runs")
    .action(backup);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function backup(name: string, options: Options): Promise<void> {
  const config = readConfig();
  const { dataDir, databaseUrl } = config;
  const keyFile = keyFileOf(config);
  const place = databasePlace(dataDir, databaseUrl);
  if (!(await place.exists())) {
    throw new CommandError(`${place.name} がありません / there is no database to back up`, EXIT.negative);
  }
  const file = path.resolve(name);
  const encryption = await encryptionOf(options);
  const withKeys = options.withKeys === true;
  const order = {
    ...{ dataDir, keyFile, promptsDir: versionsDir(config), place, file },
    ...{ withKeys, encryption, now: Date.now() },
  };
  const made = await answering(makeBackup(order));
  tell(file, made, { isEncrypted: encryption !== null, keyFile });
  if (options.json) {
    const { bytes, sha256, missingSounds, manifest } = made;
    printJson({
      file,
      bytes,
      sha256,
      encrypted: encryption !== null,
      missing_sounds: missingSounds,
      ...told(manifest),
    });
  } else printData(file);
}

/** Of the files of sounds only how many: there are three for each version of a prompt. */
function told({ files, ...manifest }: MadeBackup["manifest"]): Readonly<Record<string, unknown>> {
  return { ...manifest, files: files.length };
}

function tell(
  file: string,
  { manifest, bytes, missingSounds }: MadeBackup,
  { isEncrypted, keyFile }: { readonly isEncrypted: boolean; readonly keyFile: string },
): void {
  const { verifications = 0, enrollments = 0, clients = 0 } = manifest.counts;
  say(
    `${file}: ${String(bytes)} バイト / bytes; clients ${String(clients)}, verifications ${String(verifications)}, ` +
      `enrollments ${String(enrollments)}`,
  );
  if (missingSounds.length > 0) {
    say(
      `差し替えた案内の音声 ${String(missingSounds.length)} 件が見つからず、含まれていません（honnin prompts check で確認できます）。`,
    );
    say(
      `${String(missingSounds.length)} sounds of prompts are missing and not in it (see honnin prompts check).`,
    );
  }
  if (!manifest.has_keys) {
    say(`${keyFile} は含まれていません。別の場所に保管してください。この鍵がないと復元しても使えません。`);
    say(`${keyFile} is not in it: keep it elsewhere; without it nothing can be read after a restore.`);
  } else if (!isEncrypted) {
    say("鍵が含まれ、暗号化されていません。このファイルを読める人は、すべての電話番号を読めます。");
    say("It has the key in it and is not encrypted: whoever can read this file can read every number.");
  }
}

/** @throws {CommandError} when several ways are named. */
async function encryptionOf({ encrypt, passphraseFile, recipient }: Options): Promise<Encryption | null> {
  const byPassphrase = encrypt === true || passphraseFile !== undefined;
  if (byPassphrase && recipient.length > 0) {
    throw new CommandError("--recipient: not together with a passphrase", EXIT.usage);
  }
  if (byPassphrase) return { passphrase: await readPassphrase(passphraseFile, true) };
  return recipient.length > 0 ? { recipients: recipient } : null;
}

/** What the answer is no to: exit 1; what is wrong with an argument: exit 2. */
export async function answering<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message, EXIT.usage);
    if (!(error instanceof BackupError) || error.code === "no_room") throw error;
    throw new CommandError(`${error.message} [${error.code}]`, EXIT.negative);
  }
}
