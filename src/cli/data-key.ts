import type { Command } from "commander";
import { userInfo } from "node:os";
import { databasePlace } from "../store/dialects.js";
import { keyFileIn, takeKeyLock } from "../vault/key-file.js";
import { readConfig } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printJson, say } from "./output.js";
import { rotateInService } from "./rotate-in-service.js";
import { rotateWithIndex } from "./rotate-with-index.js";
import type { RotationDone } from "./rotation.js";

interface Options {
  withIndex?: true;
  by?: string;
  json?: true;
}

export function addDataKeyCommands(program: Command): void {
  program
    .command("data-key")
    .description("the key of all stored numbers")
    .command("rotate")
    .option(
      "--with-index",
      "also the key by which numbers are found, as after a leak: the service has to be stopped",
    )
    .option("--by <name>", "who does it, for the audit trail (default: the user of this machine)")
    .option("--json", "print what was enciphered anew")
    .description("make a new data key and encipher everything with it, also while the service runs")
    .action(rotate);
}

async function rotate(options: Options): Promise<void> {
  const { dataDir, databaseUrl } = readConfig();
  const place = databasePlace(dataDir, databaseUrl);
  if (!(await place.exists())) {
    throw new CommandError(`${place.name} がありません / there is no database`, EXIT.negative);
  }
  const file = keyFileIn(dataDir);
  const unlock = takeKeyLock(dataDir);
  if (unlock === null) {
    throw new CommandError("another rotation, or a backup, is under way [key_in_use]", EXIT.negative);
  }
  try {
    const order = { dataDir, databaseUrl, place, file, by: options.by ?? userInfo().username };
    const done = await (options.withIndex === true ? rotateWithIndex(order) : rotateInService(order));
    tell(done, options);
    if (!(await place.copies.emptyLog())) {
      say("読み取り中のプロセスがあり、ログ（-wal）に以前の内容が残っている可能性があります。");
      say("Somebody was reading, so what was enciphered before may still be in the log (-wal).");
    }
  } finally {
    unlock();
  }
}

function tell({ rows, retired }: RotationDone, { json, withIndex }: Options): void {
  if (json === true) {
    const { verifications = 0, enrollments = 0, calls = 0, events = 0, guardsLost = 0 } = rows ?? {};
    printJson({ verifications, enrollments, calls, events, guards_lost: guardsLost, old_key: retired });
  }
  say(`以前の鍵は ${retired} にあります。それまでのバックアップとともに、別の場所へ移してください。`);
  say(`The old key is in ${retired}: move it away, to the backups from before, which need it.`);
  if (withIndex === true) return;
  say(
    "番号検索用の鍵は変わっていません。鍵が漏えいした場合は、サービスを止めて --with-index を付けて実行してください。",
  );
  say(
    "The key by which numbers are found is as before: if the old key has leaked, stop the service and use --with-index.",
  );
}
