import { computed, type ReadonlySignal } from "@preact/signals";
import { CLIENT_SETTING_WORDS } from "./client-setting-words.js";
import { language, texts } from "./text.js";

export const clientSettingsText = texts(
  {
    saved: "保存しました。次の要求または通話から有効です。",
    byDefault: "既定値：",
    accepted: "受け付ける値：",
    wrong: "受け付けられない値です。",
    useDefault: "既定値を使う",
    noDids: "着信番号（HONNIN_DIDS）が設定されていません。",
    firstDid: "既定の番号",
    on: "する（true）",
    off: "しない（false）",
    groupNumbers: "番号と言語",
    groupRights: "使える機能と接続元",
    groupLimits: "回数と件数の上限",
    groupBudget: "予算",
    groupEvidence: "着信の発信者番号の確認",
    groupMessages: "SMS",
    preview: "送信される文面（コードは例）",
    previewSaved: "保存済みの設定によるものです。",
    priceOf: (parts: number, yen: number) => `${parts}通・${yen}円`,
    ja: "日本語",
    en: "英語",
  },
  {
    saved: "Saved. It holds from the next request or call on.",
    byDefault: "Default: ",
    accepted: "Accepted: ",
    wrong: "This value is not accepted.",
    useDefault: "Use the default",
    noDids: "No DIDs are configured (HONNIN_DIDS).",
    firstDid: "its default",
    on: "yes (true)",
    off: "no (false)",
    groupNumbers: "Numbers and language",
    groupRights: "What it may use, and from where",
    groupLimits: "Limits",
    groupBudget: "Budget",
    groupEvidence: "Proof of a caller’s number",
    groupMessages: "Messages (SMS)",
    preview: "As they are sent (with an example of a code)",
    previewSaved: "By the settings that are saved.",
    priceOf: (parts: number, yen: number) => `${parts === 1 ? "1 part" : `${parts} parts`}, ${yen} yen`,
    ja: "Japanese",
    en: "English",
  },
);

export type SettingKey = keyof typeof CLIENT_SETTING_WORDS;

/** What each is called; a setting without a name is an error of types. */
const NAMES: Readonly<Record<SettingKey, readonly [ja: string, en: string]>> = {
  dids: ["専用の着信番号", "DIDs of its own"],
  caller_number: ["発信者番号", "Caller number"],
  answer_inbound: ["番号だけの着信への応答", "Answer calls that prove their number by themselves"],
  locale: ["案内の言語", "Language of prompts"],
  methods: ["認証方法", "Methods"],
  directions: ["方向", "Directions"],
  outbound_allow: ["発信を許す番号", "Numbers that may be called"],
  ip_allow: ["API キーの接続元", "Addresses that keys are used from"],
  max_calls: ["同時発信数", "Calls at one time"],
  max_calls_per_minute: ["1分あたりの発信数", "Calls a minute"],
  max_calls_per_number_per_hour: ["1つの番号への1時間あたりの発信数", "Calls to one number an hour"],
  max_calls_per_block_per_hour: [
    "1万番号あたり1時間の発信数",
    "Calls to 10,000 neighbouring numbers an hour",
  ],
  max_registrations_per_minute: ["1分あたりの登録数", "Registrations a minute"],
  max_registrations_per_day: ["1日あたりの登録数", "Registrations a day"],
  max_enrollments: ["番号登録の数", "Enrollments"],
  budget_yen_per_day: ["1日の予算（円）", "Budget a day, yen"],
  budget_yen_per_month: ["1か月の予算（円）", "Budget a month, yen"],
  demand_evidence: ["求める裏付け", "Evidence that is demanded"],
  missing_evidence: ["裏付けがない着信の扱い", "Callers without evidence"],
  channels: ["チャネル", "Channels"],
  company: ["SMS での社名", "Company in messages"],
  sms_text_ja: ["SMS の文（日本語）", "Text of messages (Japanese)"],
  sms_text_en: ["SMS の文（英語）", "Text of messages (English)"],
  sms_domain: ["自動入力するドメイン", "Domain for filling in"],
  sms_link: ["SMS 内のリンク", "Link in messages"],
  new_code_each_time: ["送るたびに新しいコード", "A new code each time"],
  unspoken_payee: ["支払先を音声にできない取引", "Payees that cannot be said"],
};

export interface SettingText {
  readonly name: string;
  readonly meaning: string;
  readonly accepted: string;
  readonly unset: string;
}

/** Names, and what the manual says of them. */
export const SETTING_TEXTS: ReadonlySignal<Readonly<Record<SettingKey, SettingText>>> = computed(() => {
  const said = language.value;
  const entries = (Object.keys(NAMES) as SettingKey[]).map((key) => {
    const [ja, en] = NAMES[key];
    return [key, { name: said === "ja" ? ja : en, ...CLIENT_SETTING_WORDS[key][said] }] as const;
  });
  return Object.fromEntries(entries) as Record<SettingKey, SettingText>;
});
