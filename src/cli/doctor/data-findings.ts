import type { FindingTable } from "./finding.js";

export const DATA_FINDINGS = {
  "data-dir-unusable": {
    severity: "error",
    what: { ja: "データディレクトリを使えません。", en: "The data directory cannot be used." },
    cause: {
      ja: "HONNIN_DATA_DIR のパスには、ディレクトリ以外のものがあります。",
      en: "Something that is no folder lies at the path of HONNIN_DATA_DIR.",
    },
    remedy: {
      ja: "HONNIN_DATA_DIR に別のパスを設定するか、そのファイルを移動してください。",
      en: "Set HONNIN_DATA_DIR to another path, or move what lies there.",
    },
  },
  "data-dir-open": {
    severity: "warning",
    what: {
      ja: "データディレクトリに、ほかのユーザーが入れます。",
      en: "Others can look into the data directory.",
    },
    cause: { ja: "アクセス権が広すぎます。", en: "Its permissions are too wide." },
    remedy: {
      ja: "`chmod 700` で、サービスのユーザーだけが入れるようにしてください。",
      en: "Give it to the user of the service alone: `chmod 700`.",
    },
  },
  "data-dir-of-another": {
    severity: "error",
    what: {
      ja: "データディレクトリは、別のユーザーのものです。",
      en: "The data directory belongs to another user.",
    },
    cause: {
      ja: "サービスのユーザーとは別のユーザーで実行したか、所有者が変わっています。",
      en: "This was run as another user than the service, or the owner has changed.",
    },
    remedy: {
      ja: "サービスのユーザーで実行してください。所有者が誤っている場合は `chown -R` で直してください。",
      en: "Run it as the user of the service; where the owner is wrong, mend it with `chown -R`.",
    },
  },
  "key-missing": {
    severity: "error",
    what: {
      ja: "データベースはありますが、その鍵のファイルがありません。",
      en: "There is a database, and not the file with its key.",
    },
    cause: {
      ja: "鍵のファイルが削除されたか、データベースだけを復元したか、新しいノードにまだ鍵を置いていません。鍵がないと、電話番号を読めません。",
      en: "It was deleted, the database alone was restored, or this is a new node that it was not brought to. No number can be read without it.",
    },
    remedy: {
      ja: "バックアップから復元するか、ほかのノードからコピーしてください。新しい鍵を作っても、元のデータは読めません。",
      en: "Restore it from its back-up, or copy it from another node. A new key opens nothing of what is there.",
    },
  },
  "key-readable": {
    severity: "error",
    what: { ja: "鍵のファイルを、ほかのユーザーが読めます。", en: "Others can read the file with the key." },
    cause: { ja: "アクセス権が広すぎます。", en: "Its permissions are too wide." },
    remedy: {
      ja: "`chmod 600` にしてください。ほかの人が読んだおそれがある場合は、データベースのコピーが渡っていないかも確認してください。",
      en: "`chmod 600` it. Where somebody may have read it, see that nobody has a copy of the database.",
    },
  },
  "key-unusable": {
    severity: "error",
    what: { ja: "鍵のファイルを使えません。", en: "The file with the key cannot be used." },
    cause: {
      ja: "内容が壊れているか、読み取る権限がありません。",
      en: "It is damaged, or may not be read.",
    },
    remedy: {
      ja: "バックアップと比べ、必要なら復元してください。",
      en: "Compare it with its back-up, and restore that where they differ.",
    },
  },
  "key-of-another": {
    severity: "error",
    what: {
      ja: "鍵が、このデータベースのものではありません。",
      en: "The key is not that of this database.",
    },
    cause: {
      ja: "別の環境の鍵またはデータベースを復元したか、ほかのノードでデータ鍵を更新した後の鍵が、まだここにありません。サービスは起動しません。",
      en: "The key or the database of another installation was restored, or the data key was rotated at another node and the file not brought here. The service does not start so.",
    },
    remedy: {
      ja: "ほかのノードから鍵をコピーするか、データベースと同じバックアップにある鍵を復元してください。",
      en: "Copy the key from another node, or restore that of the same back-up as the database.",
    },
  },
  "disk-full": {
    severity: "error",
    what: { ja: "ディスクの空きがありません。", en: "The disk is full." },
    cause: {
      ja: "空き容量が HONNIN_MIN_FREE_DISK_MB を下回ったため、登録を受け付けていません（503）。",
      en: "Less than HONNIN_MIN_FREE_DISK_MB is free: registrations are refused (503).",
    },
    remedy: {
      ja: "不要なファイルを削除するか、ディスクを増やしてください。古い認証は HONNIN_VERIFICATION_RETENTION_DAYS で削除できます。",
      en: "Delete what is not needed, or give it a larger disk. HONNIN_VERIFICATION_RETENTION_DAYS deletes old verifications.",
    },
  },
  "disk-nearly-full": {
    severity: "warning",
    what: { ja: "ディスクの空きが少なくなっています。", en: "The disk is nearly full." },
    cause: {
      ja: "空き容量が HONNIN_MIN_FREE_DISK_MB の 2 倍を下回りました。これを下回ると登録を受け付けなくなります。",
      en: "Less than twice HONNIN_MIN_FREE_DISK_MB is free; below that, registrations are refused.",
    },
    remedy: {
      ja: "早めに不要なファイルを削除するか、ディスクを増やしてください。",
      en: "Delete what is not needed, or give it a larger disk, before it is full.",
    },
  },
  "inodes-nearly-gone": {
    severity: "warning",
    what: {
      ja: "ディスクに作れるファイルの数が残りわずかです。",
      en: "The disk can hold hardly any more files.",
    },
    cause: {
      ja: "小さなファイルが多すぎて、i ノードを使い切ろうとしています。",
      en: "There are so many files on it that its inodes are nearly used up.",
    },
    remedy: { ja: "不要なファイルを削除してください。", en: "Delete files that are not needed." },
  },
} as const satisfies FindingTable;
