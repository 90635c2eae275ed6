import type { FindingTable } from "./finding.js";

export const SETTING_FINDINGS = {
  "settings-wrong": {
    severity: "error",
    what: { ja: "設定に誤りがあります。", en: "A setting is wrong." },
    cause: {
      ja: "値が受け付けられない、知らない名前がある、または組み合わせが矛盾しています。この状態ではサービスを起動できません。",
      en: "A value is not accepted, a name is unknown, or two settings contradict each other. The service does not start so.",
    },
    remedy: {
      ja: "示された設定を直し、`honnin config check` で確認してください。",
      en: "Mend the setting that is named, and look with `honnin config check`.",
    },
  },
  "settings-readable": {
    severity: "warning",
    what: {
      ja: "パスワードを含む設定ファイルを、ほかのユーザーが読めます。",
      en: "Others can read the file of settings, which has a password in it.",
    },
    cause: { ja: "ファイルのアクセス権が広すぎます。", en: "The permissions of the file are too wide." },
    remedy: {
      ja: "`chmod 600` で、サービスのユーザーだけが読めるようにしてください。",
      en: "Give it to the user of the service alone: `chmod 600`.",
    },
  },
  "trunk-missing": {
    severity: "warning",
    what: { ja: "電話をかける経路がありません。", en: "There is no way to call anybody." },
    cause: {
      ja: "トランクもテスト用の電話機も設定されていません。",
      en: "Neither a trunk nor a test telephone is set.",
    },
    remedy: {
      ja: "通信事業者から通知されたアドレスを HONNIN_TRUNK_URI に設定してください。",
      en: "Set HONNIN_TRUNK_URI to the address that your carrier told you.",
    },
  },
  "caller-number-missing": {
    severity: "error",
    what: { ja: "発信者番号が設定されていません。", en: "No caller number is set." },
    cause: {
      ja: "通信事業者の多くは、契約した番号を名乗らない発信を拒否します。着信する側には非通知と表示されます。",
      en: "Most carriers refuse a call that does not show a number of the contract; the person called sees none.",
    },
    remedy: {
      ja: "契約している番号を HONNIN_CALLER_NUMBER に設定してください。",
      en: "Set HONNIN_CALLER_NUMBER to a number of your contract.",
    },
  },
  "dids-missing": {
    severity: "note",
    what: { ja: "着信番号（DID）がありません。", en: "There are no numbers at which calls arrive (DIDs)." },
    cause: { ja: "HONNIN_DIDS が設定されていません。", en: "HONNIN_DIDS is not set." },
    remedy: {
      ja: "着信による認証を使う場合は、契約している番号を HONNIN_DIDS に設定してください。発信だけの場合は、このままで問題ありません。",
      en: "Where people are to call you, set HONNIN_DIDS to your numbers. For calls out alone nothing has to be done.",
    },
  },
  "test-phones-beside-trunk": {
    severity: "warning",
    what: {
      ja: "実際のトランクと同時に、テスト用の電話機が有効です。",
      en: "Test telephones are on beside a real trunk.",
    },
    cause: {
      ja: "テスト用の電話機はどの番号でも名乗れるため、そのパスワードを知る人は、だれにでもなりすまして認証できます。",
      en: "A test telephone may call as any number: whoever has its password can be verified as anybody.",
    },
    remedy: {
      ja: "試験が終わったら HONNIN_TEST_PHONES を空にしてください。",
      en: "Take HONNIN_TEST_PHONES away once you have tried things out.",
    },
  },
  "webhooks-to-private": {
    severity: "note",
    what: {
      ja: "社内のアドレスへの Webhook が許可されています。",
      en: "Webhooks may go to private addresses.",
    },
    cause: {
      ja: "HONNIN_WEBHOOK_ALLOW_PRIVATE が true です。Webhook を設定できる人は、このマシンから届く社内のどのアドレスにも要求を送れます。",
      en: "HONNIN_WEBHOOK_ALLOW_PRIVATE is true: whoever may set a webhook can have requests sent to whatever this machine reaches inside.",
    },
    remedy: {
      ja: "受信側が社外にある場合は false に戻してください。",
      en: "Set it back to false where the receivers are outside.",
    },
  },
  "rtp-ports-too-few": {
    severity: "warning",
    what: {
      ja: "同時通話数の上限に対して、音声用のポートが足りません。",
      en: "There are fewer ports for voice than calls at one time.",
    },
    cause: {
      ja: "内蔵 Asterisk の RTP ポートは 10000〜19999 で、同時に 5,000 通話までです。",
      en: "The bundled Asterisk has RTP ports 10000 to 19999, which is 5,000 calls.",
    },
    remedy: {
      ja: "HONNIN_TRUNK_MAX_CALLS を契約の範囲（4,980 以下）にしてください。",
      en: "Set HONNIN_TRUNK_MAX_CALLS to what your contract allows, at most 4,980.",
    },
  },
  "time-zone-unknown": {
    severity: "note",
    what: { ja: "タイムゾーンの名前が正しくありません。", en: "The time zone has a name that there is not." },
    cause: {
      ja: "環境変数 TZ の値が、知られているタイムゾーンではありません。時刻は UTC で表示されます。予算と利用量の日付は、TZ にかかわらず日本時間です。",
      en: "TZ names no known zone, so local times are those of UTC. Days of budgets and usage are Japan's in any case.",
    },
    remedy: { ja: "TZ を Asia/Tokyo などに直してください。", en: "Set TZ to a name such as Asia/Tokyo." },
  },
} as const satisfies FindingTable;
