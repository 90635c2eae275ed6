import { GROUPS } from "../../src/cli/doctor/groups.js";
import type { Severity } from "../../src/cli/doctor/finding.js";
import type { Language, Say } from "./languages.js";
import { code, marked, table } from "./table.js";

const SEVERITIES: Readonly<Record<Language, Readonly<Record<Severity, string>>>> = {
  en: { error: "error", warning: "warning", note: "note" },
  ja: { error: "異常", warning: "注意", note: "参考" },
};
const HEADS: Readonly<Record<Language, readonly string[]>> = {
  en: ["finding", "severity", "what it says, and why", "what to do"],
  ja: ["検出ID", "重要度", "内容と原因", "対処"],
};

/** Everything that `honnin doctor` can find, a table a group. Its words are in both languages where it finds them. */
export function doctorTables(_say: Say, language: Language): string {
  return GROUPS.map(({ title, findings }) => {
    const rows = Object.entries(findings).map(([id, { severity, what, cause, remedy }]) => [
      ...[code(id), SEVERITIES[language][severity]],
      ...[`${marked(what[language])}<br>${marked(cause[language])}`, marked(remedy[language])],
    ]);
    return `### ${title[language]}\n\n${table(HEADS[language], rows)}`;
  }).join("\n\n");
}
