import type { Command } from "commander";
import { userInfo } from "node:os";
import { nodeNameOf } from "../node-settings.js";
import { versionsDir } from "../prompts/library.js";
import { databasePlace } from "../store/dialects.js";
import { keyFileOf, takeKeyLock } from "../vault/key-file.js";
import { readConfig } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printJson, say } from "./output.js";
import { rotateInService } from "./rotate-in-service.js";
import { rotateWithIndex } from "./rotate-with-index.js";
import { secondsOf } from "./seconds.js";
import type { RotationDone } from "./rotation.js";

interface Options {
  withIndex?: true;
  by?: string;
  wait: string;
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
    .option(
      "--wait <seconds>",
      "PostgreSQL: how long the other nodes are waited for to have the new key file",
      "300",
    )
    .option("--json", "print what was enciphered anew")
    .description("make a new data key and encipher everything with it, also while the service runs")
    .action(rotate);
}

async function rotate(options: Options): Promise<void> {
  const config = readConfig();
  const { dataDir, databaseUrl } = config;
  const waitMs = secondsOf("--wait", options.wait) * 1000;
  const place = databasePlace(dataDir, databaseUrl);
  if (!(await place.exists())) {
    throw new CommandError(`${place.name} がありません / there is no database`, EXIT.negative);
  }
  const file = keyFileOf(config);
  const unlock = takeKeyLock(file);
  if (unlock === null) {
    throw new CommandError("another rotation, or a backup, is under way [key_in_use]", EXIT.negative);
  }
  try {
    const order = {
      dataDir,
      databaseUrl,
      place,
      promptsDir: versionsDir(config),
      file,
      node: nodeNameOf(config),
      by: options.by ?? userInfo().username,
      waitMs,
    };
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

function tell({ rows, retired, behind }: RotationDone, { json, withIndex }: Options): void {
  if (json === true) {
    const { verifications = 0, enrollments = 0, calls = 0, events = 0, guardsLost = 0 } = rows ?? {};
    const counts = { verifications, enrollments, calls, events, guards_lost: guardsLost };
    printJson({ ...counts, old_key: retired, nodes_to_bring_to: behind });
  }
  say(`以前の鍵は ${retired} にあります。それまでのバックアップとともに、別の場所へ移してください。`);
  say(`The old key is in ${retired}: move it away, to the backups from before, which need it.`);
  if (behind.length > 0) {
    const names = behind.join(", ");
    say(
      `鍵のファイルを、ほかのノード（${names}）にコピーしてください。コピーするまで、そのノードは起動できません。`,
    );
    say(`Copy the key file to the other nodes (${names}): a node that does not have it does not start.`);
  }
  if (withIndex === true) return;
  say(
    "番号検索用の鍵は変わっていません。鍵が漏えいした場合は、サービスを止めて --with-index を付けて実行してください。",
  );
  say(
    "The key by which numbers are found is as before: if the old key has leaked, stop the service and use --with-index.",
  );
}
