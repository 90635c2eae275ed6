import type { Command } from "commander";
import { everyCommand } from "./every-command.js";

/** How each command is used, by its path. What they show is tried in the tests of the commands. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: ["honnin serve", "HONNIN_DATA_DIR=/var/lib/honnin honnin serve"],
  demo: ["honnin demo"],
  doctor: ["honnin doctor", "honnin doctor --lang ja", "honnin doctor --json"],
  "config check": ["honnin config check", "honnin config check --all"],
  "client create": ["honnin client create shop"],
  "client list": ["honnin client list --json"],
  "client show": ["honnin client show shop"],
  "client set": [
    "honnin client set shop dids=0312345678 budget_yen_per_day=20000",
    "honnin client set shop budget_yen_per_day=",
  ],
  "client message": ["honnin client message shop"],
  "key create": ["honnin key create --client shop --label web --expires 365d"],
  "key list": ["honnin key list"],
  "key revoke": ["honnin key revoke key_0123"],
  "trunk test": [
    "honnin trunk test",
    "honnin trunk test 09012345678",
    "honnin trunk test 09012345678 --yes --json",
  ],
  verify: ["honnin verify 09012345678", "echo 271828 | honnin verify 09012345678 --code -"],
  "verifications list": [
    "honnin verifications list --client shop --status failed",
    "honnin verifications list --number 09012345678 --created-after 2026-11-27T00:00:00+09:00",
  ],
  "verifications show": ["honnin verifications show order-1234"],
  trace: ["honnin trace order-1234", 'honnin trace order-1234 --reveal --reason "case 5678"'],
  "admin create": ["honnin admin create --role admin", "honnin admin create suzuki --role operator"],
  "admin list": ["honnin admin list"],
  "admin reset": ["honnin admin reset suzuki"],
  "admin disable": ["honnin admin disable suzuki"],
  "admin enable": ["honnin admin enable suzuki"],
  "audit list": ["honnin audit list --act number.revealed --limit 20"],
  "audit verify": ["honnin audit verify"],
  "audit export": ["honnin audit export > audit.jsonl"],
  backup: [
    "honnin backup /mnt/backup/honnin-2026-11-27.tar --encrypt",
    "honnin backup honnin.tar.age --with-keys --recipient age1…",
  ],
  restore: ["honnin restore honnin.tar.age --identity operations-key.txt"],
  "database status": ["honnin database status --json"],
  "database copy": [
    "honnin database copy --from sqlite:var/honnin.db --to 'postgres://honnin@db/honnin?password_file=/etc/honnin/db'",
  ],
  "database migrate": ["honnin database migrate"],
  "data-key rotate": ["honnin data-key rotate --by suzuki", "honnin data-key rotate --with-index"],
  "node list": ["honnin node list", "honnin node list --json"],
  "node drain": ["honnin node drain tokyo-1", "honnin node drain tokyo-1 --wait --timeout 300"],
  "node undrain": ["honnin node undrain tokyo-1"],
  erase: ["honnin erase 09012345678 --by suzuki", "echo 09012345678 | honnin erase - --yes"],
  "receipt show": ["honnin receipt show order-1234 > receipt.jwt"],
  "receipt verify": [
    "honnin receipt verify receipt.jwt",
    "honnin receipt verify - --jwks jwks.json --issuer https://auth.example.co.jp < receipt.jwt",
  ],
  "receipt keys": ["honnin receipt keys"],
  "receipt rotate": ["honnin receipt rotate"],
  "receipt revoke": ["honnin receipt revoke 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  usage: ["honnin usage --month 2026-11 --csv", "honnin usage --client shop"],
  "webhooks set": ["honnin webhooks set --client shop --url https://shop.example.co.jp/honnin"],
  "webhooks show": ["honnin webhooks show --client shop"],
  "webhooks rotate": ["honnin webhooks rotate --client shop --overlap-hours 48"],
  "webhooks disable": ["honnin webhooks disable --client shop"],
  "webhooks redeliver": ["honnin webhooks redeliver --failed --client shop"],
  "prompts list": ["honnin prompts list --locale ja"],
  "prompts show": ["honnin prompts show greeting"],
  "prompts text": ['honnin prompts text greeting "お電話ありがとうございます。"'],
  "prompts render": ["honnin prompts render greeting"],
  "prompts set": ["honnin prompts set greeting greeting.wav --client shop"],
  "prompts preview": ["honnin prompts preview greeting --out heard.wav"],
  "prompts history": ["honnin prompts history greeting"],
  "prompts rollback": ["honnin prompts rollback greeting"],
  "prompts export": ["honnin prompts export prompts.tar.gz"],
  "prompts import": ["honnin prompts import prompts.tar.gz"],
  "prompts check": ["honnin prompts check"],
  completion: ['eval "$(honnin completion bash)"'],
};

/** Of a command, by its path without the program's name; empty where nobody has written one. */
export function examplesOf(path: string): readonly string[] {
  return EXAMPLES[path] ?? [];
}

/** Adds to the help of each command how it is used. */
export function addExamples(program: Command): void {
  for (const { path, command } of everyCommand(program)) {
    const examples = examplesOf(path);
    if (examples.length === 0) continue;
    command.addHelpText("after", ["", "Examples:", ...examples.map((line) => `  $ ${line}`)].join("\n"));
  }
}
