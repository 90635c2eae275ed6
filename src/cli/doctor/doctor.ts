import type { Command } from "commander";
import { LANG_OPTION, type Language, languageOf } from "../both.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { printData, printJson, say } from "../output.js";
import { coloured, progress } from "../style.js";
import { examine, type Finding } from "./examine.js";
import type { Severity } from "./finding.js";

const COLOURS = { error: "red", warning: "yellow", note: "cyan" } as const;
const SEVERITY_WORDS: Readonly<Record<Severity, Readonly<Record<Language, string>>>> = {
  error: { ja: "異常", en: "error" },
  warning: { ja: "注意", en: "warning" },
  note: { ja: "参考", en: "note" },
};
const LABELS = {
  ja: { seen: "確認内容", cause: "考えられる原因", remedy: "対処" },
  en: { seen: "seen", cause: "cause", remedy: "remedy" },
} as const;

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .option(...LANG_OPTION)
    .option("--json", "print JSON")
    .description(
      "look for what is wrong with machine, settings, database, Asterisk, trunk and recent calls; exit 0 when nothing is, 1 for errors or warnings, 3 for wrong settings",
    )
    .action(doctor);
}

async function doctor(options: { lang?: string; json?: true }): Promise<void> {
  const language = languageOf(options.lang, process.env);
  const found = await examine(process.env, process.cwd(), ({ title }) => {
    progress(`${title[language]} …`);
  });
  progress("");
  if (options.json) printJson(inJson(found, language));
  else for (const finding of found) print(finding, language);
  conclude(found, language);
}

function inJson(found: readonly Finding[], language: Language): Readonly<Record<string, unknown>> {
  return {
    looked_at: new Date().toISOString(),
    findings: found.map(({ id, severity, group, what, seen, cause, remedy }) => ({
      ...{ id, severity, group: group[language], what: what[language], seen },
      ...{ cause: cause[language], remedy: remedy[language] },
    })),
  };
}

function print({ id, severity, what, seen, cause, remedy }: Finding, language: Language): void {
  const label = LABELS[language];
  const mark = coloured(COLOURS[severity], `[${SEVERITY_WORDS[severity][language]}]`);
  printData(`${mark} ${coloured("bold", what[language])} (${id})`);
  printData(`    ${label.seen}: ${seen}`);
  printData(`    ${label.cause}: ${cause[language]}`);
  printData(`    ${label.remedy}: ${remedy[language]}`);
}

/** @throws {CommandError} where something was found that is more than to be known. */
function conclude(found: readonly Finding[], language: Language): void {
  const many = (severity: Severity): number => found.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [many("error"), many("warning")];
  if (errors + warnings === 0) {
    say(language === "ja" ? "異常は見つかりませんでした。" : "nothing wrong was found");
    return;
  }
  const exitCode = found.some(({ id }) => id === "settings-wrong") ? EXIT.config : EXIT.negative;
  throw new CommandError(
    language === "ja"
      ? `異常 ${String(errors)} 件、注意 ${String(warnings)} 件が見つかりました。`
      : `${String(errors)} errors, ${String(warnings)} warnings`,
    exitCode,
  );
}
