import type { Command } from "commander";
import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { type Erasure, eraseNumber } from "../acts/erase-number.js";
import { databasePlace } from "../store/dialects.js";
import { parsePhoneNumber, type E164 } from "../verification/phone-number.js";
import { readConfig, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printJson, printTable, say } from "./output.js";
import { firstLine } from "./read-code.js";

interface Options {
  yes?: true;
  by?: string;
  json?: true;
}

export function addEraseCommand(program: Command): void {
  program
    .command("erase")
    .argument("<number>", "the telephone number; with - it comes on standard input")
    .option("--yes", "do not ask; needed where there is no terminal")
    .option("--by <name>", "who does it, for the audit trail (default: the user of this machine)")
    .option("--json", "print how many rows it was")
    .description(
      "erase a telephone number from all that is stored, also while the service runs; exit 1 when it has to be done again",
    )
    .action(erase);
}

async function erase(argument: string, options: Options): Promise<void> {
  const { dataDir, databaseUrl } = readConfig();
  const place = databasePlace(dataDir, databaseUrl);
  if (!(await place.exists())) {
    throw new CommandError(`${place.name} がありません / there is no database`, EXIT.negative);
  }
  const number = numberOf(argument === "-" ? await firstLine(process.stdin) : argument);
  if (options.yes !== true) await confirm(argument === "-");
  const by = options.by ?? userInfo().username;
  const erased = await writeStore((store) => eraseNumber(store, number, by, Date.now()));
  const emptied = await place.copies.emptyLog();
  tell(erased, emptied, options.json === true, await place.copies.kept());
  if (erased.open || !emptied) process.exitCode = EXIT.negative;
}

/** The number itself is never repeated: what a command says goes into logs. */
function numberOf(text: string): E164 {
  const parsed = parsePhoneNumber(text);
  if (!parsed.ok)
    throw new CommandError("電話番号として読めません / this is no telephone number", EXIT.usage);
  return parsed.number.e164;
}

async function confirm(stdinIsTaken: boolean): Promise<void> {
  if (stdinIsTaken || !process.stdin.isTTY) {
    throw new CommandError("--yes が必要です / --yes is needed where nobody can be asked", EXIT.usage);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(
      "この番号を消去します。元に戻せません。続けるには yes と入力してください。\n" +
        "The number will be erased for good. Type yes to go on: ",
    );
    if (answer.trim() === "yes") return;
  } finally {
    lines.close();
  }
  throw new CommandError("何も消去していません / nothing was erased", EXIT.negative);
}

function tell(erased: Erasure, emptied: boolean, json: boolean, copies: readonly string[]): void {
  const { open, clients, ...rows } = erased;
  const counts = {
    verifications: rows.verifications,
    enrollments: rows.enrollments,
    events: rows.events,
    idempotency_keys: rows.idempotencyKeys,
    number_guards: rows.numberGuards,
    mentions: rows.mentions,
  };
  if (json) printJson({ ...counts, open, log_emptied: emptied, clients, copies });
  else
    printTable(
      ["WHAT", "ROWS"],
      Object.entries(counts).map(([what, count]) => [what, String(count)]),
    );
  if (open) {
    say("この番号の認証が進行中です。10分後にもう一度実行してください。");
    say("A verification of this number is still open: run it again in ten minutes.");
  }
  if (!emptied) {
    say(
      "読み取り中のプロセスがあり、ログ（-wal）に以前の内容が残っている可能性があります。もう一度実行してください。",
    );
    say("Somebody was reading, so what was may still be in the log (-wal): run it again.");
  }
  for (const client of clients) {
    say(
      `クライアント ${client} の設定にこの番号があります / the settings of client ${client} have this number in them`,
    );
  }
  say("バックアップ、更新前のコピー、ご自身のログには残っています。");
  say(
    ["It is still in backups, in logs of your own, and in copies from before an upgrade", ...copies].join(
      " ",
    ),
  );
}
