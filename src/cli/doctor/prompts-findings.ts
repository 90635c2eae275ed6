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
      ja: "データディレクトリの prompts/ のファイルが、登録したときのものと違います。データベースだけを復元した可能性があります。",
      en: "Files in prompts/ of the data directory are not those that were written; perhaps the database alone was restored.",
    },
    remedy: {
      ja: "バックアップから prompts/ を復元するか、`honnin prompts set` で登録し直してください。",
      en: "Restore prompts/ from the back-up, or set them again with `honnin prompts set`.",
    },
  },
} as const satisfies FindingTable;
