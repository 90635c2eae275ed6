import type { FindingTable } from "./finding.js";

export const DATABASE_FINDINGS = {
  "database-older": {
    severity: "note",
    what: {
      ja: "データベースは、以前のバージョンのままです。",
      en: "The database is still that of an older version.",
    },
    cause: {
      ja: "新しいバージョンのサービスが、まだ起動されていません。",
      en: "The service of this version has not been started yet.",
    },
    remedy: {
      ja: "バックアップをとってから、サービスを再起動してください。起動時に更新されます。",
      en: "Make a back-up and start the service anew, which brings it up to date.",
    },
  },
  "database-newer": {
    severity: "error",
    what: {
      ja: "データベースが、このプログラムより新しいバージョンのものです。",
      en: "The database was used by a newer version than this program.",
    },
    cause: {
      ja: "以前のバージョンに戻したか、別の場所のプログラムを実行しています。サービスは起動しません。",
      en: "The program was taken back to an older version, or this is another copy of it. The service does not start so.",
    },
    remedy: {
      ja: "新しいバージョンを使うか、更新前のバックアップを復元してください。",
      en: "Use the newer program, or restore the back-up from before the update.",
    },
  },
  "database-unreadable": {
    severity: "error",
    what: { ja: "データベースを開けません。", en: "The database cannot be opened." },
    cause: {
      ja: "アクセス権がないか、ファイルが壊れているか、データベースではないファイルです。",
      en: "It may not be read, is damaged, or is no database.",
    },
    remedy: {
      ja: "所有者とアクセス権を確認してください。壊れている場合は、サービスを止めてバックアップを復元してください。",
      en: "Look at its owner and permissions. Where it is damaged, stop the service and restore the back-up.",
    },
  },
  "database-damaged": {
    severity: "error",
    what: { ja: "データベースが壊れています。", en: "The database is damaged." },
    cause: {
      ja: "SQLite の検査で異常が見つかりました。ディスクの故障や、稼働中のファイルをコピーしたことが考えられます。",
      en: "SQLite's own check says so: a disk that fails, or a copy that was taken while it was written.",
    },
    remedy: {
      ja: "サービスを止め、このファイルを別の場所に保存してから、バックアップを復元してください。",
      en: "Stop the service, keep this file elsewhere, and restore the back-up.",
    },
  },
  "database-locked": {
    severity: "error",
    what: {
      ja: "ほかのプログラムがデータベースをロックしたままです。",
      en: "Another program keeps the database locked.",
    },
    cause: {
      ja: "書き込みのロックが 2 秒近く解放されていません。その間、登録も結果の保存もできません。",
      en: "It has held the lock of those who write for nearly two seconds. Nothing can be registered or stored meanwhile.",
    },
    remedy: {
      ja: "示されたプログラムを確認し、終了してください。バックアップには稼働中に使える方法を使ってください。",
      en: "Look at the program that is named, and end it. Back up in a way that works beside a service.",
    },
  },
  "database-slow": {
    severity: "warning",
    what: { ja: "ディスクへの書き込みが遅すぎます。", en: "The disk is slow to write." },
    cause: {
      ja: "書き込みの確定（fsync）に 50 ミリ秒以上かかります。登録のたびに応答が遅れ、通話の案内も遅れます。",
      en: "It takes 50 ms or more to make a write durable (fsync): each registration waits for it, and so does what is said on calls.",
    },
    remedy: {
      ja: "データディレクトリを、このマシンの SSD に置いてください。ネットワーク上のディスクは避けてください。",
      en: "Have the data directory on an SSD of this machine, and on no disk of the network.",
    },
  },
  "database-unwritable": {
    severity: "error",
    what: {
      ja: "データベースのあるディレクトリに書き込めません。",
      en: "The folder of the database cannot be written to.",
    },
    cause: {
      ja: "権限がないか、ディスクが読み取り専用になっています。",
      en: "Permission lacks, or the disk is read-only.",
    },
    remedy: {
      ja: "サービスのユーザーで実行しているかと、ディスクの状態（dmesg）を確認してください。",
      en: "See that this runs as the user of the service, and look at the disk (dmesg).",
    },
  },
} as const satisfies FindingTable;
