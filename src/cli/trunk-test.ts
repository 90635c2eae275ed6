import { createInterface } from "node:readline/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { inLanguage } from "../console/words/language.js";
import { maskNumbers } from "../verification/mask-numbers.js";
import { serviceSettings } from "../service/service-settings.js";
import { parsePhoneNumber } from "../verification/phone-number.js";
import { isFinal, VERIFICATION_STATUSES } from "../verification/status.js";
import type { ApiClient, ApiVerification } from "./api-client.js";
import { LANG_OPTION, type Language, languageOf } from "./both.js";
import { readConfig, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { foundVerification } from "./found-verification.js";
import { OPERATOR, withOperatorApi } from "./operator-api.js";
import { printData, printJson, say } from "./output.js";
import { askStanding, type SeenSip, SipWatch } from "./service-link.js";
import { sipDetails, sipMeaning } from "./sip-meaning.js";
import { coloured } from "./style.js";
import { printStory } from "./trace.js";
import { probeTrunk } from "./trunk-probe.js";

interface TrunkTestOptions {
  readonly trunk?: string;
  readonly registerAnew?: true;
  readonly yes?: true;
  readonly lang?: string;
  readonly json?: true;
}

const POLL_MS = 300;
const DEFAULT_TRUNK = "trunk";

export function addTrunkCommands(program: Command): void {
  program
    .command("trunk")
    .description("the way to the telephone network")
    .command("test")
    .argument(
      "[number]",
      "a telephone number to call through the running service; it costs what a call costs",
    )
    .option("--trunk <name>", "which of them is asked by OPTIONS", DEFAULT_TRUNK)
    .option(
      "--register-anew",
      "register anew also where the registration stands: for about a second no call comes in by this trunk",
    )
    .option("--yes", "call without asking first")
    .option(...LANG_OPTION)
    .option("--json", "print JSON: the messages and what came of it")
    .description(
      "ask the trunk by OPTIONS, and register where it should be registered and is not; with a number place one call. Each SIP message is told with what it means; exit 1 when the trunk does not answer, refuses, or nobody answers the call",
    )
    .action(test);
}

async function test(number: string | undefined, options: TrunkTestOptions): Promise<void> {
  const language = languageOf(options.lang, process.env);
  if (number === undefined) await probe(options, language);
  else await call(number, options, language);
}

async function probe(
  { trunk: asked = DEFAULT_TRUNK, registerAnew, json }: TrunkTestOptions,
  language: Language,
): Promise<void> {
  const config = readConfig();
  const trunk = serviceSettings(config).trunks.find(({ name }) => name === asked);
  if (trunk === undefined)
    throw new CommandError(`no trunk is named ${asked} (HONNIN_TRUNK_URI)`, EXIT.negative);
  const heard: SeenSip[] = [];
  const registering = registerAnew === true ? "anew" : "where_lost";
  const order = { name: trunk.name, register: trunk.register ? registering : "never" } as const;
  const { options, register } = await probeTrunk(config.dataDir, order, (seen) => {
    heard.push(seen);
    if (json !== true) printMessage(seen, language);
  });
  // Its last answer was 200, and it holds.
  const registered = register === "stands" ? 200 : (register?.status ?? null);
  const result = { options: options?.status ?? null, ...(trunk.register ? { register: registered } : {}) };
  if (json) printJson({ messages: heard.map(masked), ...result });
  if (options === null)
    throw new CommandError(
      inLanguage(["トランクから応答がありません。", "the trunk does not answer"], language),
      EXIT.negative,
    );
  if (register === "stands" && json !== true) {
    printData(
      inLanguage(
        [
          "登録は有効です（取り直す場合は --register-anew）。",
          "The registration stands (to register anew: --register-anew).",
        ],
        language,
      ),
    );
  }
  if (trunk.register && registered !== 200) {
    throw new CommandError(
      inLanguage(["トランクが登録を受け付けません。", "the trunk does not take our registration"], language),
      EXIT.negative,
    );
  }
}

async function call(number: string, options: TrunkTestOptions, language: Language): Promise<void> {
  const parsed = parsePhoneNumber(number);
  if (!parsed.ok) throw new CommandError(parsed.detail, EXIT.usage);
  const config = readConfig();
  const standing = await askStanding(config.dataDir);
  if (standing === null)
    throw new CommandError("the service does not run, or it is another version's", EXIT.unavailable);
  await agree(number, options, language);
  const heard: SeenSip[] = [];
  const calls = new CallFilter(parsed.number.e164);
  const watch = await SipWatch.start(config.dataDir, (seen) => {
    if (!calls.has(seen)) return;
    heard.push(seen);
    if (options.json !== true) printMessage(seen, language);
  });
  let result: ApiVerification;
  try {
    result = await writeStore((store, own) =>
      withOperatorApi(store, own, "trunk test", (api) => place(api, number, language), standing.ports.api),
    );
  } finally {
    watch.stop();
  }
  const story = await foundVerification(result.id, { client: OPERATOR });
  if (options.json) printJson({ messages: heard.map(masked), verification: story });
  else {
    printData("");
    printStory(story, language);
  }
  if (!story.calls.some(({ outcome }) => outcome === "answered")) {
    throw new CommandError(
      inLanguage(["電話に応答がありませんでした。", "the call was not answered"], language),
      EXIT.negative,
    );
  }
}

/** @throws {CommandError} where nobody says that it may cost something. */
async function agree(number: string, { yes }: TrunkTestOptions, language: Language): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY) {
    throw new CommandError("a call costs money: say --yes where nobody can be asked", EXIT.usage);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const question = inLanguage(
    [
      `${number} に実際に電話をかけます。通話料がかかります。よろしいですか？ [y/N] `,
      `${number} is really called, which costs money. Go on? [y/N] `,
    ],
    language,
  );
  const answer = await lines.question(question).finally(() => {
    lines.close();
  });
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new CommandError(inLanguage(["中止しました。", "nothing was called"], language), EXIT.negative);
}

async function place(api: ApiClient, number: string, language: Language): Promise<ApiVerification> {
  const registered = await api.register({ phone_number: number, locale: language });
  if (registered.code !== undefined) say(`認証番号 / code: ${registered.code}`);
  const finals = VERIFICATION_STATUSES.filter(isFinal) as readonly string[];
  for (;;) {
    const result = await api.result(registered.id);
    const over = finals.includes(result.status) && result.attempts.every(({ outcome }) => outcome !== null);
    if (over) return result;
    await delay(POLL_MS);
  }
}

/** The messages of the one call: it begins with our INVITE to the number, in whatever spelling the trunk wants. */
class CallFilter {
  readonly #digits: string;
  #callId: string | undefined;

  constructor(e164: string) {
    // Without country code or the 0 before it.
    this.#digits = e164.slice(-9);
  }

  has({ ours, method, status, firstLine, callId }: SeenSip): boolean {
    const user = /^INVITE sips?:([^@;>]+)@/.exec(firstLine)?.[1] ?? "";
    const begins = ours && method === "INVITE" && status === null && user.endsWith(this.#digits);
    if (begins) this.#callId ??= callId;
    return callId === this.#callId;
  }
}

function printMessage(seen: SeenSip, language: Language): void {
  const { at, ours, peer, firstLine } = masked(seen);
  const arrow = ours ? coloured("cyan", "→") : coloured("green", "←");
  const meaning = sipMeaning(seen, language);
  printData(`${coloured("dim", at)} ${arrow} ${peer}  ${firstLine}${meaning === "" ? "" : `  — ${meaning}`}`);
  for (const detail of sipDetails(masked(seen), language)) printData(`    ${detail}`);
}

function masked(seen: SeenSip): SeenSip {
  // The user part alone: addresses have as many digits as numbers have.
  const firstLine = seen.firstLine.replace(/(?<=sips?:)[^@;> ]+(?=@)/, (user) => maskNumbers(user));
  return { ...seen, firstLine, reasons: seen.reasons.map(maskNumbers) };
}
