import type { CallTold, VerificationTold } from "../contract/verifications.js";
import type { Both, Language } from "./language.js";

type Words<Word extends string> = Readonly<Record<Word, Both>>;

export const STATUS_WORDS: Words<VerificationTold["status"]> = {
  pending: ["待機中", "pending"],
  in_progress: ["通話中", "in progress"],
  verified: ["認証成功", "verified"],
  failed: ["認証失敗", "failed"],
  expired: ["期限切れ", "expired"],
  canceled: ["取り消し", "canceled"],
};

export const REASON_WORDS: Words<NonNullable<VerificationTold["reason"]>> = {
  wrong_code: ["コードの誤り", "wrong code"],
  no_input: ["入力なし", "no input"],
  hung_up: ["途中で切断", "hung up"],
  no_answer: ["応答なし", "no answer"],
  busy: ["話し中", "busy"],
  rejected: ["着信拒否", "rejected"],
  unreachable: ["接続不可", "unreachable"],
  invalid_number: ["欠番・無効な番号", "invalid number"],
  fraud_reported: ["不正の申告", "reported as fraud"],
  over_capacity: ["回線の混雑または上限", "over capacity"],
  service_unavailable: ["システムまたはトランクの不具合", "fault of the service or the trunk"],
  transaction_refused: ["取引の拒否", "transaction refused"],
};

export const OUTCOME_WORDS: Words<NonNullable<CallTold["outcome"]>> = {
  answered: ["応答あり", "answered"],
  no_answer: ["応答なし", "no answer"],
  busy: ["話し中", "busy"],
  rejected: ["着信拒否", "rejected"],
  unreachable: ["接続不可", "unreachable"],
  canceled: ["中止", "canceled"],
  failed: ["失敗", "failed"],
  sent: ["送信済み", "sent"],
  delivered: ["送達済み", "delivered"],
  undelivered: ["不達", "undelivered"],
  unknown: ["不明", "unknown"],
};

export const METHOD_WORDS: Words<VerificationTold["method"]> = {
  keypad: ["キー入力", "keypad"],
  spoken: ["読み上げ", "spoken"],
  caller_id: ["発信者番号", "caller number"],
};

export const DIRECTION_WORDS: Words<VerificationTold["direction"]> = {
  outbound: ["発信", "outbound"],
  inbound: ["着信", "inbound"],
};

export const CHANNEL_WORDS: Words<VerificationTold["channel"]> = {
  voice: ["電話", "voice"],
  sms: ["SMS", "SMS"],
};

export const LINE_WORDS: Words<VerificationTold["line_type"]> = {
  mobile: ["携帯電話", "mobile"],
  fixed: ["固定電話", "fixed"],
  ip: ["IP電話", "IP telephone"],
  unknown: ["不明", "unknown"],
};

export const LOCALE_WORDS: Words<VerificationTold["locale"]> = {
  ja: ["日本語", "Japanese"],
  en: ["英語", "English"],
};

export const RULING_WORDS: Words<"verified" | "wrong" | "failed" | "barred" | "closed"> = {
  verified: ["正しいと判定しました", "Right: verified"],
  wrong: ["誤りと判定しました", "Wrong"],
  failed: ["認証を失敗としました", "The verification failed"],
  barred: [
    "判定しませんでした（この発信者の入力は受け付けていません）",
    "Not judged: this caller is not heard now",
  ],
  closed: ["判定しませんでした（認証はすでに終了していました）", "Not judged: the verification had ended"],
};

export const NOTE_WORDS: Words<NonNullable<CallTold["note"]>> = {
  keys_in_unknown_payload: [
    "キー操作の信号が、取り決めと異なる RTP ペイロード番号で届きました。トランクの DTMF（telephone-event）の設定を確認してください。",
    "Keys came by an RTP payload number that was not agreed upon. Look at the trunk's DTMF (telephone-event) settings.",
  ],
  keys_from_stranger: [
    "通話相手とは別のアドレスからキー操作の信号が届いたため、無効としました。",
    "Keys came from another address than the peer's, and did not count.",
  ],
};

export function triesLeft(count: number, language: Language): string {
  if (language === "ja") return `残り${String(count)}回`;
  return count === 1 ? "1 try is left" : `${String(count)} tries are left`;
}
