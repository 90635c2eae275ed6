import type { FindingTable } from "./finding.js";

export const ASTERISK_FINDINGS = {
  "asterisk-missing": {
    severity: "error",
    what: { ja: "Asterisk がありません。", en: "There is no Asterisk." },
    cause: {
      ja: "このマシンに新しい Asterisk がなく、まだ取得もされていないか、取得したものが壊れています。",
      en: "This machine has none that is new enough, and none has been fetched, or what was fetched is broken.",
    },
    remedy: {
      ja: "`npm run setup` を実行するか、HONNIN_ARI_URL で自分の Asterisk を指定してください。",
      en: "Run `npm run setup`, or name an Asterisk of your own by HONNIN_ARI_URL.",
    },
  },
  "asterisk-modules-missing": {
    severity: "error",
    what: { ja: "Asterisk のモジュールが足りません。", en: "Modules of Asterisk are missing." },
    cause: {
      ja: "示されたモジュールが読み込まれていないか、インストールされていません。",
      en: "Those that are named are not loaded, or not installed.",
    },
    remedy: {
      ja: "自分の Asterisk では modules.conf を asterisk-config/modules.conf に合わせてください。内蔵の Asterisk では `npm run setup` を実行してください。",
      en: "Of an Asterisk of your own bring modules.conf in line with asterisk-config/modules.conf; of the bundled one run `npm run setup`.",
    },
  },
  "asterisk-unreachable": {
    severity: "error",
    what: { ja: "Asterisk の ARI に接続できません。", en: "The ARI of Asterisk is not reached." },
    cause: {
      ja: "HONNIN_ARI_URL の誤り、Asterisk の停止、http.conf の無効化、またはファイアウォールが考えられます。",
      en: "HONNIN_ARI_URL is wrong, Asterisk is down, http.conf is not enabled, or a firewall is between.",
    },
    remedy: {
      ja: "Asterisk が動いていること、http.conf と ari.conf の enabled = yes、ポート番号を確認してください。",
      en: "See that Asterisk runs, that http.conf and ari.conf say enabled = yes, and the port.",
    },
  },
  "ari-password-wrong": {
    severity: "error",
    what: {
      ja: "Asterisk が ARI のユーザー名またはパスワードを拒否しました。",
      en: "Asterisk refuses the user or password of ARI.",
    },
    cause: {
      ja: "HONNIN_ARI_USERNAME または HONNIN_ARI_PASSWORD が ari.conf と一致していません。",
      en: "HONNIN_ARI_USERNAME or HONNIN_ARI_PASSWORD is not what ari.conf says.",
    },
    remedy: {
      ja: "ari.conf のユーザー（read_only = no）と一致させてください。",
      en: "Have them as the user in ari.conf has them (read_only = no).",
    },
  },
  "asterisk-old": {
    severity: "error",
    what: { ja: "Asterisk が古すぎます。", en: "Asterisk is too old." },
    cause: {
      ja: "16.28 より前のバージョンでは動作を確認していません。",
      en: "None before 16.28 is known to work.",
    },
    remedy: {
      ja: "22.10.1 以降に更新するか、内蔵の Asterisk を使ってください。",
      en: "Update it to 22.10.1 or later, or use the bundled one.",
    },
  },
  "application-occupied": {
    severity: "error",
    what: {
      ja: "ほかのプログラムが ARI アプリケーション honnin を使っています。",
      en: "Another program has the ARI application honnin.",
    },
    cause: {
      ja: "この Asterisk に、別の Honnin が接続しています。",
      en: "Another Honnin is connected to this Asterisk.",
    },
    remedy: {
      ja: "もう一方を止めるか、別の Asterisk を使わせてください。",
      en: "Stop the other one, or give it another Asterisk.",
    },
  },
  "sounds-unreadable": {
    severity: "error",
    what: {
      ja: "Asterisk のユーザーが、案内の音声を読めません。",
      en: "The user of Asterisk cannot read the prompts.",
    },
    cause: {
      ja: "示されたディレクトリは、ほかのユーザーに許可されていません。通話で案内が流れません。",
      en: "The folder that is named is closed to others. Nothing is said on calls.",
    },
    remedy: {
      ja: "示されたディレクトリを `chmod o+rx` にするか、このプログラムをだれでも読める場所（/opt など）に置いてください。",
      en: "`chmod o+rx` that folder, or have this program where everybody may read, such as /opt.",
    },
  },
} as const satisfies FindingTable;
