import type { FindingTable } from "./finding.js";

export const USAGE_FINDINGS = {
  "budget-spent": {
    severity: "error",
    what: { ja: "予算を使い切りました。", en: "A budget is spent." },
    cause: {
      ja: "この期間が終わるまで発信しません（422 budget_exhausted）。利用が増えたか、不正な発信が続いています。",
      en: "No call is made until its period is over (422 budget_exhausted). Use has grown, or somebody has calls made who should not.",
    },
    remedy: {
      ja: "`honnin usage` と `honnin verifications list` で発信先を確かめ、正当な利用であれば予算を増やしてください。",
      en: "Look with `honnin usage` and `honnin verifications list` at who was called; where that is right, raise the budget.",
    },
  },
  "budget-nearly-spent": {
    severity: "warning",
    what: { ja: "予算の 9 割以上を使いました。", en: "Nine tenths of a budget are spent." },
    cause: {
      ja: "使い切ると、この期間が終わるまで発信しません。",
      en: "Once it is spent no call is made until its period is over.",
    },
    remedy: {
      ja: "`honnin usage` で内訳を確かめ、必要なら予算を増やしてください。",
      en: "Look with `honnin usage` at what it went to, and raise it where that is right.",
    },
  },
  "registrations-used-up": {
    severity: "error",
    what: {
      ja: "クライアントが 1 日の登録数の上限に達しました。",
      en: "A client has made all its registrations of the day.",
    },
    cause: {
      ja: "日本時間で日付が変わるまで、登録を拒否します（429）。",
      en: "More are refused (429) until the day of Japan is over.",
    },
    remedy: {
      ja: "正当な利用であれば、`max_registrations_per_day` を増やしてください（`honnin client set`）。",
      en: "Where that is right, raise its `max_registrations_per_day` (`honnin client set`).",
    },
  },
  "lines-too-few": {
    severity: "warning",
    what: {
      ja: "回線が空かず、発信できなかった認証があります。",
      en: "Verifications failed because no line became free in time.",
    },
    cause: {
      ja: "この 1 日に、同時通話数または毎秒の発信数の上限で待たされ、時間切れになりました。",
      en: "Within a day calls waited too long for their turn: too many at one time, or a second.",
    },
    remedy: {
      ja: "契約の範囲で HONNIN_TRUNK_MAX_CALLS と HONNIN_TRUNK_MAX_CPS を増やすか、回線を増やしてください。",
      en: "Raise HONNIN_TRUNK_MAX_CALLS and HONNIN_TRUNK_MAX_CPS to what your contract allows, or order more lines.",
    },
  },
  "admin-missing": {
    severity: "warning",
    what: {
      ja: "管理コンソールのアカウントがありません。",
      en: "The console has no account.",
    },
    cause: {
      ja: "起動時に表示されるリンクが使われていません。",
      en: "The link that a start prints has not been used.",
    },
    remedy: {
      ja: "`honnin admin create --role admin` でリンクを発行し、アカウントを作成してください。",
      en: "Get a link by `honnin admin create --role admin`, and make one.",
    },
  },
} as const satisfies FindingTable;
