import { AUDITED, type Audited } from "../admins/audited.js";
import type { Command } from "commander";
import { type AuditRow, listAudit, verifyAudit } from "../store/audit.js";
import { isoTime, readStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable, say } from "./output.js";

const PAGE = 1_000;

export function addAuditCommands(program: Command): void {
  const audit = program.command("audit").description("what was done in the console and by commands about it");
  audit
    .command("list")
    .option("--act <name>", "of one kind only, such as login.failed")
    .option("--limit <n>", "so many lines at most", "100")
    .option("--json", "print JSON")
    .description("list the audit trail, the latest first")
    .action(list);
  audit
    .command("verify")
    .option("--json", "print JSON")
    .description(
      "look whether the audit trail is as it was written; exit 1 when a line was changed or taken out",
    )
    .action(verify);
  audit
    .command("export")
    .description("print the whole audit trail, the oldest first, a JSON object a line")
    .action(exportAll);
}

function list(options: { act?: string; limit: string; json?: true }): Promise<void> {
  const act = options.act === undefined ? undefined : audited(options.act);
  if (!/^[1-9]\d{0,4}$/.test(options.limit)) throw new CommandError("--limit: 1 to 99999", EXIT.usage);
  return readStore(async (store) => {
    const rows = await listAudit(store.read, { act, limit: Number(options.limit) });
    if (options.json) printJson(rows.map(lineJson));
    else
      printTable(
        ["WHEN", "WHO", "FROM", "ACT", "TARGET"],
        rows.map(({ at, actor, address, act: done, target }) => [isoTime(at), actor, address, done, target]),
      );
  });
}

function audited(name: string): Audited {
  const known = AUDITED.find((act) => act === name);
  if (known === undefined) throw new CommandError(`--act: one of ${AUDITED.join(", ")}`, EXIT.usage);
  return known;
}

/** The last hash tells, kept elsewhere, whether the end of the trail was cut off. */
function verify(options: { json?: true }): Promise<void> {
  return readStore(async (store) => {
    const { lines, brokenAt, last, prunedUpTo } = await verifyAudit(store.read, store.vault);
    const hash = last.toString("hex");
    if (options.json) printJson({ lines, broken_at: brokenAt, last_hash: hash, pruned_up_to: prunedUpTo });
    else if (brokenAt === null)
      say(`${String(lines)} lines, all as they were written; the last hash is ${hash}`);
    if (brokenAt !== null) {
      throw new CommandError(
        `line ${String(brokenAt)}, or the one before it, is not as it was written`,
        EXIT.negative,
      );
    }
  });
}

function exportAll(): Promise<void> {
  return readStore(async (store) => {
    const [latest] = await listAudit(store.read, { limit: 1 });
    for (let from = 1; from <= (latest?.seq ?? 0); from += PAGE) {
      const rows = await listAudit(store.read, { fromSeq: from, beforeSeq: from + PAGE, limit: PAGE });
      for (const row of rows.reverse()) printData(JSON.stringify(lineJson(row)));
    }
  });
}

function lineJson({
  seq,
  at,
  actor,
  address,
  act,
  target,
  details,
}: AuditRow): Readonly<Record<string, unknown>> {
  return { seq, at: isoTime(at), actor, address, act, target, details: JSON.parse(details) as unknown };
}
