import type { FindingTable } from "./finding.js";

export const SERVICE_FINDINGS = {
  "service-down": {
    severity: "error",
    what: { ja: "サービスが動いていません。", en: "The service does not run." },
    cause: {
      ja: "起動されていないか、終了しました。",
      en: "It was not started, or has ended.",
    },
    remedy: {
      ja: "起動してください（`systemctl start honnin` または `honnin serve`）。終了した理由はログの最後にあります。",
      en: "Start it (`systemctl start honnin` or `honnin serve`). Why it ended is at the end of its log.",
    },
  },
  "service-silent": {
    severity: "error",
    what: { ja: "サービスは動いていますが、応答しません。", en: "The service runs and does not answer." },
    cause: {
      ja: "起動中か停止中であるか、以前のバージョンか、固まっています。",
      en: "It is starting or ending, is of an older version, or hangs.",
    },
    remedy: {
      ja: "少し待ってもう一度実行してください。続く場合は、ログを保存してから再起動してください。",
      en: "Try again in a moment; if it lasts, keep the log and start it anew.",
    },
  },
  "service-starting": {
    severity: "warning",
    what: { ja: "サービスが起動の途中です。", en: "The service is starting." },
    cause: {
      ja: "Asterisk の準備と、前回の後始末が終わるまで、発信も着信もしません。",
      en: "It makes and takes no calls until Asterisk is there and what the last run left is cleared up.",
    },
    remedy: {
      ja: "少し待ってもう一度実行してください。続く場合は、ログを確認してください。",
      en: "Try again in a moment; if it lasts, look at the log.",
    },
  },
  "service-draining": {
    severity: "warning",
    what: { ja: "サービスが停止しようとしています。", en: "The service is stopping." },
    cause: {
      ja: "停止を指示されました。通話中の電話が終わるのを待っており、新しい発信と着信は受け付けません。",
      en: "It was told to. Calls in progress finish; new ones are not made or taken.",
    },
    remedy: {
      ja: "停止を待ち、必要なら起動してください。",
      en: "Wait for its end, and start it where it should run.",
    },
  },
  "node-given-up": {
    severity: "error",
    what: {
      ja: "ほかのノードが、このノードを停止したものとみなしました。",
      en: "The other nodes have given this one up.",
    },
    cause: {
      ja: "数秒間、データベースに応答を記録できませんでした。進行中だった通話は、ほかのノードが終了させました。",
      en: "It could not tell the database for seconds that it is there. The others have closed the calls that it had.",
    },
    remedy: {
      ja: "自動で復帰します。繰り返す場合は、データベースまでのネットワークと、マシンの負荷を確認してください。",
      en: "It joins again by itself. If that repeats, look at the network to the database and the load of the machine.",
    },
  },
  "asterisk-away": {
    severity: "error",
    what: { ja: "サービスが Asterisk に接続できません。", en: "The service has no link to Asterisk." },
    cause: {
      ja: "Asterisk が停止したか、ネットワークが切れました。自動で再接続しますが、その間は通話できません。",
      en: "Asterisk has ended, or the network is cut. It connects again by itself; there are no calls until then.",
    },
    remedy: {
      ja: "続く場合は、Asterisk のログ（データディレクトリの asterisk/log）を確認してください。",
      en: "If it lasts, look at Asterisk's log (asterisk/log in the data directory).",
    },
  },
  "application-taken": {
    severity: "error",
    what: {
      ja: "ほかのプログラムが、Asterisk の ARI アプリケーション honnin を使っています。",
      en: "Another program has the ARI application honnin of this Asterisk.",
    },
    cause: {
      ja: "同じ Asterisk に別の Honnin が接続しています。同時に使えるのは 1 つだけです。",
      en: "Another Honnin is connected to the same Asterisk, which serves one at a time.",
    },
    remedy: {
      ja: "もう一方を止めるか、別の Asterisk を使わせてください。",
      en: "Stop the other one, or give it another Asterisk.",
    },
  },
  "registrations-stopped": {
    severity: "error",
    what: { ja: "登録の受け付けを止めています。", en: "Registrations are refused." },
    cause: { ja: "ディスクの空きが足りません。", en: "Too little is free on the disk." },
    remedy: {
      ja: "ディスクの空きを増やしてください。自動で再開します。",
      en: "Make room on the disk; it goes on by itself then.",
    },
  },
  "commits-refused": {
    severity: "error",
    what: { ja: "データベースに書き込めません。", en: "The database takes no commits." },
    cause: {
      ja: "ほかのプログラムが書き込みを止めているか、ディスクに障害があるか、空きがありません。",
      en: "Another program keeps it from being written to, or the disk is faulty or full.",
    },
    remedy: {
      ja: "データベースを開いているほかのプログラムを終了し、ディスクの状態と空きを確認してください。",
      en: "End whatever else has the database open; look at the disk and what is free on it.",
    },
  },
  "service-of-another-version": {
    severity: "warning",
    what: {
      ja: "動いているサービスのバージョンが、このプログラムと違います。",
      en: "The service that runs is of another version than this program.",
    },
    cause: {
      ja: "更新のあと、サービスが再起動されていません。",
      en: "It was not started anew since the program was updated.",
    },
    remedy: { ja: "サービスを再起動してください。", en: "Start the service anew." },
  },
} as const satisfies FindingTable;
