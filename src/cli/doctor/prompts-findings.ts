import type { FindingTable } from "./finding.js";

export const PROMPT_FINDINGS = {
  "sounds-missing": {
    severity: "error",
    what: { ja: "同梱の案内の音声がありません。", en: "Sounds that are shipped are missing." },
    cause: {
      ja: "プログラムの sounds/ からファイルが失われています。",
      en: "Files of the program's sounds/ were lost.",
    },
    remedy: {
      ja: "プログラムを取得し直してください（クローンでは `git checkout sounds`）。",
      en: "Get the program anew (in a clone: `git checkout sounds`).",
    },
  },
  "own-sounds-damaged": {
    severity: "error",
    what: {
      ja: "差し替えた案内の音声がないか、書き換えられています。",
      en: "Sounds of your own prompts are missing or were altered.",
    },
    cause: {
      ja: "データベースにある音声が登録したときのものと違うか、以前の版が prompts/ に置いたファイルが、データベースに取り込まれる前になくなりました。",
      en: "What the database holds of them is not what was set; or files that an earlier version kept in prompts/ were gone before they were taken into the database.",
    },
    remedy: {
      ja: "`honnin prompts set` で登録し直すか、以前の版のファイルを prompts/ に戻してサービスを再起動してください。",
      en: "Set them again with `honnin prompts set`; or put the files of the earlier version back into prompts/ and restart the service.",
    },
  },
} as const satisfies FindingTable;
