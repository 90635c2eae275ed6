import type { CallEnding } from "../../verification/call-ending.js";
import type { Language } from "./language.js";

type Told = readonly [what: string, advice: string | null];

/** How a call ended, and what can be done about it; null: nothing has to be. */
const ENDINGS: Readonly<Record<CallEnding, { readonly ja: Told; readonly en: Told }>> = {
  over: {
    ja: ["案内が終わり、本システムから切りました。", null],
    en: ["The conversation was over, and we hung up.", null],
  },
  person_hung_up: {
    ja: ["相手が途中で電話を切りました。", "繰り返す場合は、案内の内容や長さを見直してください。"],
    en: [
      "The person hung up.",
      "Where this happens often, look at what the guidance says and how long it is.",
    ],
  },
  hung_up: {
    ja: ["応答後に通話が終わりました。", null],
    en: ["The call ended after it was answered.", null],
  },
  rang_out: {
    ja: [
      "呼び出し時間内に応答がありませんでした。",
      "お客様に電話に出られる状態か確認し、もう一度登録してください。",
    ],
    en: ["Nobody answered while it rang.", "Ask whether the person can answer, and register it again."],
  },
  busy: {
    ja: ["相手が話し中でした。", "時間をおいて、もう一度登録してください。"],
    en: ["The line was busy.", "Register it again in a while."],
  },
  declined: {
    ja: ["相手の電話機が着信を拒否しました。", "着信拒否や迷惑電話対策の設定をお客様に確認してください。"],
    en: ["The telephone declined the call.", "Ask the person about blocked numbers and call filters."],
  },
  screened: {
    ja: [
      "通信網の迷惑電話対策で遮断されました。",
      "発信者番号が迷惑電話に分類されていないか、通信事業者に問い合わせてください。",
    ],
    en: [
      "A filter of the network stopped the call.",
      "Ask the carrier whether your caller number is listed as unwanted.",
    ],
  },
  no_such_number: {
    ja: ["この番号は使われていません。", "登録されている番号が正しいか、お客様に確認してください。"],
    en: ["There is no such number.", "Ask the person whether the number is right."],
  },
  not_reachable: {
    ja: [
      "相手につながりませんでした（電源が切れている、圏外など）。",
      "電波の届く場所で、もう一度お試しいただいてください。",
    ],
    en: [
      "The telephone could not be reached (switched off, no signal).",
      "Have the person try again where there is a signal.",
    ],
  },
  withdrawn: {
    ja: ["取り消し、期限切れ、または停止のため、本システムが呼び出しをやめました。", null],
    en: ["We stopped ringing: it was canceled, had expired, or the service was stopped.", null],
  },
  caller_gave_up: {
    ja: ["応答の前に、かけてきた人が切りました。", null],
    en: ["The caller gave up before the call was answered.", null],
  },
  needed_no_answer: {
    ja: ["発信者番号で認証できたため、応答せずに切りました。", null],
    en: ["The caller's number was enough: not answered, so that it cost nothing.", null],
  },
  called_back: {
    ja: ["発信者番号の証明が足りないため、折り返し発信することにしました。", null],
    en: ["The caller's number was not proved: the person is called back.", null],
  },
  evidence_lacked: {
    ja: [
      "発信者番号の証明が足りないため、受け付けませんでした。",
      "クライアントの demand_evidence の設定と、トランクが通知する発信者情報を確認してください。",
    ],
    en: [
      "The caller's number was not proved, and the call was turned away.",
      "Look at the client's demand_evidence, and at what the trunk tells of callers.",
    ],
  },
  credentials_wanted: {
    ja: [
      "トランクが認証（ユーザー名とパスワード）を求めました。",
      "HONNIN_TRUNK_USERNAME と HONNIN_TRUNK_PASSWORD を確認してください。",
    ],
    en: ["The trunk asked who we are.", "Look at HONNIN_TRUNK_USERNAME and HONNIN_TRUNK_PASSWORD."],
  },
  forbidden: {
    ja: [
      "通信事業者が発信を許可しませんでした。",
      "発信者番号と、契約で許可された発信先を確認してください。",
    ],
    en: [
      "The carrier does not allow the call.",
      "Look at the caller number, and at where your contract lets you call.",
    ],
  },
  no_line: {
    ja: [
      "通信事業者の回線に空きがありませんでした。",
      "同時通話数（HONNIN_TRUNK_MAX_CALLS）が契約の範囲内か確認してください。",
    ],
    en: ["The carrier had no free line.", "See that HONNIN_TRUNK_MAX_CALLS is within your contract."],
  },
  media_refused: {
    ja: [
      "音声の方式（コーデックなど）が合わず、拒否されました。",
      "トランクで PCMU（G.711 μ-law）が使えるか、通信事業者に確認してください。",
    ],
    en: ["The codecs offered were refused.", "Ask the carrier whether the trunk takes PCMU (G.711 µ-law)."],
  },
  trunk_silent: {
    ja: [
      "トランクから応答がありませんでした。",
      "トランクのアドレス（HONNIN_TRUNK_URI）、ネットワーク、ファイアウォールを確認してください。",
    ],
    en: ["The trunk did not answer at all.", "Look at HONNIN_TRUNK_URI, the network and the firewall."],
  },
  trunk_trouble: {
    ja: [
      "トランクまたは通信網の障害です。",
      "続く場合は、SIP応答の番号と日時を添えて通信事業者に問い合わせてください。",
    ],
    en: [
      "Trouble of the trunk or the network.",
      "If it lasts, ask the carrier, with the SIP answer and the time.",
    ],
  },
  interrupted: {
    ja: [
      "Asterisk または本サービスが停止したため、通話が失われました。",
      "この日時の前後のログを確認してください。",
    ],
    en: ["The call was lost: Asterisk or this service had stopped.", "Look at the log of that time."],
  },
};

export function endingWords(ending: CallEnding, language: Language): Told {
  return ENDINGS[ending][language];
}
