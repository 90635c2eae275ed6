import type { FindingTable } from "./finding.js";

export const MACHINE_FINDINGS = {
  "node-old": {
    severity: "error",
    what: { ja: "Node.js が古すぎます。", en: "Node.js is too old." },
    cause: {
      ja: "22.15 以降が必要です。`scripts/honnin` を使わずに起動した可能性があります。",
      en: "22.15 is the oldest that is supported. The service was probably not started by `scripts/honnin`.",
    },
    remedy: {
      ja: "`npm run setup` を実行し、`scripts/honnin serve` で起動してください。必要な Node.js が用意されます。",
      en: "Run `npm run setup`, which brings one where it has to, and start by `scripts/honnin serve`.",
    },
  },
  "descriptors-few": {
    severity: "warning",
    what: {
      ja: "同時に開けるファイルと接続の数が少なすぎます。",
      en: "Too few files and connections may be open at one time.",
    },
    cause: {
      ja: "上限（RLIMIT_NOFILE）が 4,096 を下回っています。通話が増えると、接続を受け付けられなくなります。",
      en: "Its limit (RLIMIT_NOFILE) is below 4,096: with many calls connections are refused.",
    },
    remedy: {
      ja: "systemd のユニットに `LimitNOFILE=65536` を設定し、再起動してください。",
      en: "Set `LimitNOFILE=65536` in the unit of systemd, and start the service anew.",
    },
  },
  "processes-few": {
    severity: "warning",
    what: { ja: "作れるスレッドの数が少なすぎます。", en: "Too few threads may be made." },
    cause: {
      ja: "上限（RLIMIT_NPROC）が 1,024 を下回っています。Asterisk は通話ごとにスレッドを作ります。",
      en: "Its limit (RLIMIT_NPROC) is below 1,024: Asterisk makes a thread for each call.",
    },
    remedy: {
      ja: "systemd のユニットに `LimitNPROC=` と `TasksMax=` を設定し、再起動してください。",
      en: "Set `LimitNPROC=` and `TasksMax=` in the unit of systemd, and start the service anew.",
    },
  },
  "memory-limited": {
    severity: "warning",
    what: { ja: "使えるメモリの上限が低すぎます。", en: "The limit of memory is too low." },
    cause: {
      ja: "サービスと Asterisk は合わせて約 300 MB を使います。上限に達すると強制終了されます。",
      en: "Service and Asterisk take some 300 MB together, and are ended at the limit.",
    },
    remedy: {
      ja: "コンテナーまたは `MemoryMax=` の上限は 512 MB 以上、ulimit（RLIMIT_DATA）は 1 GB 以上にしてください。",
      en: "Set the limit of the container or `MemoryMax=` to 512 MB or more, and ulimit (RLIMIT_DATA) to 1 GB or more.",
    },
  },
  "memory-short": {
    severity: "warning",
    what: { ja: "メモリの空きがわずかです。", en: "There is hardly any memory left." },
    cause: {
      ja: "ほかのプログラムがメモリを使い切ろうとしています。",
      en: "Other programs have taken nearly all of it.",
    },
    remedy: {
      ja: "ほかのプログラムを減らすか、メモリを増やしてください。",
      en: "Run fewer others, or add memory.",
    },
  },
  "real-time-missing": {
    severity: "warning",
    what: {
      ja: "Asterisk がリアルタイムで動いていません。",
      en: "Asterisk does not run in real time.",
    },
    cause: {
      ja: "CPU を奪われると音声が途切れ、キー操作を数え間違えることがあります。システムが許可していないか、chrt がありません。",
      en: "Where others take the processor, voice breaks off and keys may be miscounted. The system does not permit it, or there is no chrt.",
    },
    remedy: {
      ja: "systemd のユニットに `LimitRTPRIO=10` を設定し、再起動してください。",
      en: "Set `LimitRTPRIO=10` in the unit of systemd, and start the service anew.",
    },
  },
  "clock-not-synchronized": {
    severity: "warning",
    what: {
      ja: "このマシンの時計が同期されていません。",
      en: "The clock of this machine is not synchronized.",
    },
    cause: {
      ja: "NTP が動いていないか、時刻サーバーに接続できません。ずれると、認証の期限、証明書、ワンタイムパスワードに影響します。",
      en: "NTP does not run, or reaches no server. A clock that is off harms deadlines, certificates and one-time passwords.",
    },
    remedy: {
      ja: "chrony または systemd-timesyncd を有効にしてください。社内に時刻サーバーがあれば指定してください。",
      en: "Turn on chrony or systemd-timesyncd, with your own time server where you have one.",
    },
  },
  "host-name-unknown": {
    severity: "warning",
    what: {
      ja: "このマシンのホスト名を解決できません。",
      en: "This machine's own name does not resolve.",
    },
    cause: {
      ja: "Asterisk は起動時に（設定によっては通話ごとに）ホスト名を調べるため、起動や発信が遅くなります。",
      en: "Asterisk looks it up as it starts, and with some settings at each call: both are slow so.",
    },
    remedy: { ja: "ホスト名を /etc/hosts に追加してください。", en: "Add the name to /etc/hosts." },
  },
} as const satisfies FindingTable;
