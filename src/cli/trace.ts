import type { Command } from "commander";
import type { CallTold, VerificationTold } from "../console/contract/verifications.js";
import { endingWords } from "../console/words/ending-words.js";
import { type Happening, happeningsOf } from "../console/words/happenings.js";
import { inLanguage } from "../console/words/language.js";
import { q850Words, sipWords } from "../console/words/telephony-words.js";
import { TIMELINE_WORDS } from "../console/words/timeline-words.js";
import { NOTE_WORDS, OUTCOME_WORDS } from "../console/words/verification-words.js";
import { LANG_OPTION, type Language, languageOf } from "./both.js";
import {
  CLIENT_OPTION,
  foundVerification,
  REASON_OPTION,
  REVEAL_OPTION,
  type RevealOptions,
} from "./found-verification.js";
import { printData, printJson } from "./output.js";
import { coloured } from "./style.js";
import { verificationFacts } from "./verification-facts.js";

interface TraceOptions extends RevealOptions {
  readonly lang?: string;
  readonly json?: true;
}

const COLOURS = { good: "green", bad: "red", plain: "bold" } as const;

export function addTraceCommand(program: Command): void {
  program
    .command("trace")
    .argument("<verification>", "its id")
    .option(...CLIENT_OPTION)
    .option(...REVEAL_OPTION)
    .option(...REASON_OPTION)
    .option(...LANG_OPTION)
    .option("--json", "print JSON")
    .description(
      "everything that happened to a verification: each call, what was said and keyed, and why it ended so",
    )
    .action(trace);
}

async function trace(id: string, options: TraceOptions): Promise<void> {
  const language = languageOf(options.lang, process.env);
  const told = await foundVerification(id, options);
  if (options.json) {
    printJson(told);
    return;
  }
  for (const [name, value] of verificationFacts(told, language))
    printData(`${coloured("dim", name)} ${value}`);
  printData("");
  printStory(told, language);
}

/** The timeline of the console, a line each. */
export function printStory(told: VerificationTold, language: Language): void {
  const words = TIMELINE_WORDS[language];
  for (const happening of happeningsOf(told, language)) printHappening(happening, language);
  if (told.calls.some(({ ended_at }) => ended_at === null)) printData(words.callGoesOn);
}

function printHappening({ at, call, what, kind, more, ended }: Happening, language: Language): void {
  const tag = call === null ? "" : `[${TIMELINE_WORDS[language].call(call)}] `;
  const detail = more === undefined ? "" : `: ${more}`;
  printData(`${coloured("dim", at)}  ${tag}${coloured(COLOURS[kind], what)}${detail}`);
  if (ended !== undefined) for (const line of endOf(ended, language)) printData(`    ${line}`);
}

function endOf(call: CallTold, language: Language): readonly string[] {
  const words = TIMELINE_WORDS[language];
  const { end, outcome, sip_status: sip, q850_cause: q850, caller, note, story } = call;
  const by = {
    us: words.endedByUs,
    person: words.endedByPerson,
    carrier: words.endedByCarrier,
    unknown: words.endedByUnknown,
  };
  const [what, advice] = end === null ? [null, null] : endingWords(end.ending, language);
  return [
    ...(what === null ? [] : [what]),
    [
      ...(outcome === null ? [] : [inLanguage(OUTCOME_WORDS[outcome], language)]),
      ...(end === null ? [] : [by[end.by]]),
    ].join(language === "ja" ? "、" : ", "),
    ...(call.trunk === null ? [] : [`${words.trunk}: ${call.trunk}`]),
    ...(call.gateway === null ? [] : [`${words.gateway}: ${call.gateway}`]),
    ...(call.gateway_error === null ? [] : [`${words.gatewayError}: ${call.gateway_error}`]),
    ...(sip === null ? [] : [`${words.sip}: ${sipWords(sip, language)}`]),
    ...(q850 === null ? [] : [`${words.q850}: ${q850Words(q850, language)}`]),
    ...(caller === null
      ? []
      : [
          `${words.callerFrom}: ${caller.from ?? "—"}`,
          `${words.callerAsserted}: ${caller.p_asserted_identity ?? "—"}`,
        ]),
    ...(advice === null ? [] : [`${words.whatToDo}: ${advice}`]),
    ...(note === null ? [] : [inLanguage(NOTE_WORDS[note], language)]),
    ...(call.answered_at !== null && story === null ? [words.noStory] : []),
    ...(story === null || story.left_out === 0 ? [] : [words.stepsLeftOut(story.left_out)]),
  ];
}
