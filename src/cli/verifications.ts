import type { Command } from "commander";
import { openCursor, sealCursor } from "../console/search.js";
import { inShort } from "../console/told-verification.js";
import { inLanguage } from "../console/words/language.js";
import { q850Words, sipWords } from "../console/words/telephony-words.js";
import { OUTCOME_WORDS, REASON_WORDS, STATUS_WORDS } from "../console/words/verification-words.js";
import { listClients } from "../store/clients.js";
import { type Search, searchVerifications } from "../store/search-verifications.js";
import type { Store } from "../store/store.js";
import { parsePhoneNumber } from "../verification/phone-number.js";
import { FAILURE_REASONS, VERIFICATION_STATUSES } from "../verification/status.js";
import { LANG_OPTION, languageOf } from "./both.js";
import { existingClient } from "./client.js";
import { readStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import {
  CLIENT_OPTION,
  foundVerification,
  REASON_OPTION,
  REVEAL_OPTION,
  type RevealOptions,
} from "./found-verification.js";
import { printData, printJson, printTable, say } from "./output.js";
import { verificationFacts } from "./verification-facts.js";

interface ListOptions {
  readonly client?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly number?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly cursor?: string;
  readonly limit: string;
  readonly lang?: string;
  readonly json?: true;
}

interface ShowOptions extends RevealOptions {
  readonly lang?: string;
  readonly json?: true;
}

const MOST = 200;

export function addVerificationCommands(program: Command): void {
  const verifications = program
    .command("verifications")
    .description("what was registered, and what became of it");
  verifications
    .command("list")
    .option("--client <name>", "of one client only")
    .option("--status <status>", "pending, in_progress, verified, failed, expired or canceled")
    .option("--reason <reason>", "of those that failed for this reason, such as wrong_code")
    .option("--number <number>", "of one telephone number, whole, in any spelling")
    .option("--created-after <time>", "registered from then on, RFC 3339")
    .option("--created-before <time>", "registered before then, RFC 3339")
    .option("--cursor <cursor>", "next_cursor of an earlier answer to the same question")
    .option("--limit <n>", "so many at most, up to 200", "20")
    .option(...LANG_OPTION)
    .option("--json", "print JSON")
    .description("list verifications, the newest first; telephone numbers are masked")
    .action(list);
  verifications
    .command("show")
    .argument("<id>")
    .option(...CLIENT_OPTION)
    .option(...REVEAL_OPTION)
    .option(...REASON_OPTION)
    .option(...LANG_OPTION)
    .option("--json", "print JSON")
    .description("a verification as it stands")
    .action(show);
}

function list(options: ListOptions): Promise<void> {
  const language = languageOf(options.lang, process.env);
  const limit = Number(options.limit);
  if (!/^[1-9]\d{0,2}$/.test(options.limit) || limit > MOST) {
    throw new CommandError(`--limit: 1 to ${String(MOST)}`, EXIT.usage);
  }
  return readStore(async (store) => {
    const search = await searchOf(store, options);
    const clients = await listClients(store.read);
    const names = new Map(clients.map(({ id, name }) => [id, name]));
    const before = options.cursor === undefined ? undefined : seqOf(store, search, options.cursor);
    const ids = clients.map(({ id }) => id);
    const rows = await searchVerifications(store.read, search, ids, before, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? sealCursor(store, search, last.seq) : null;
    const data = page.map((row) => inShort(row, names, store.vault));
    if (options.json) {
      printJson({ data, next_cursor: next });
      return;
    }
    printTable(
      ["ID", "CLIENT", "CREATED", "NUMBER", "STATUS", "REASON"],
      data.map(({ id, client, created_at, number, status, reason }) => [
        ...[id, client.name, created_at, number, inLanguage(STATUS_WORDS[status], language)],
        reason === null ? "" : inLanguage(REASON_WORDS[reason], language),
      ]),
    );
    if (next !== null) say(`--cursor ${next}`);
  });
}

async function searchOf(store: Store, options: ListOptions): Promise<Search> {
  const { client, number, createdAfter, createdBefore } = options;
  return {
    clientId: client === undefined ? null : (await existingClient(store, client)).id,
    status: oneOf("--status", VERIFICATION_STATUSES, options.status),
    reason: oneOf("--reason", FAILURE_REASONS, options.reason),
    numberIndex: number === undefined ? undefined : indexOf(store, number),
    from: timeOf("--created-after", createdAfter),
    to: timeOf("--created-before", createdBefore),
  };
}

function oneOf<Word extends string>(
  option: string,
  words: readonly Word[],
  given: string | undefined,
): Word | undefined {
  if (given === undefined) return undefined;
  const known = words.find((word) => word === given);
  if (known === undefined) throw new CommandError(`${option}: one of ${words.join(", ")}`, EXIT.usage);
  return known;
}

function indexOf({ vault }: Store, number: string): Buffer {
  const parsed = parsePhoneNumber(number);
  if (parsed.ok) return vault.indexNumber(parsed.number.e164);
  throw new CommandError(`--number: ${parsed.detail}`, EXIT.usage);
}

function timeOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const at = Date.parse(given);
  if (Number.isFinite(at)) return at;
  throw new CommandError(`${option} wants a date or time such as 2026-11-27T09:00:00+09:00`, EXIT.usage);
}

function seqOf(store: Store, search: Search, cursor: string): number {
  try {
    return openCursor(store, search, cursor);
  } catch {
    throw new CommandError(
      "--cursor wants a next_cursor of an earlier answer to the same question",
      EXIT.usage,
    );
  }
}

async function show(id: string, options: ShowOptions): Promise<void> {
  const language = languageOf(options.lang, process.env);
  const told = await foundVerification(id, options);
  if (options.json) {
    printJson(told);
    return;
  }
  for (const [name, value] of verificationFacts(told, language)) printData(`${name} ${value}`);
  if (told.calls.length === 0) return;
  printData("");
  printTable(
    ["CALL", "STARTED", "ANSWERED", "OUTCOME", "SIP", "Q.850"],
    told.calls.map((call) => [
      ...[call.id, call.started_at, call.answered_at ?? ""],
      call.outcome === null ? "" : inLanguage(OUTCOME_WORDS[call.outcome], language),
      call.sip_status === null ? "" : sipWords(call.sip_status, language),
      call.q850_cause === null ? "" : q850Words(call.q850_cause, language),
    ]),
  );
}
