import type { Language } from "./language.js";

interface TimelineWords {
  readonly call: (nth: number) => string;
  readonly begun: string;
  readonly callPlaced: string;
  readonly callArrived: string;
  readonly ringing: string;
  readonly answered: string;
  readonly callEnded: string;
  readonly messageBegun: string;
  readonly messageEnded: string;
  readonly callGoesOn: string;
  readonly said: string;
  readonly keys: (count: number) => string;
  readonly stepsLeftOut: (count: number) => string;
  readonly endedByUs: string;
  readonly endedByPerson: string;
  readonly endedByCarrier: string;
  readonly endedByUnknown: string;
  readonly whatToDo: string;
  readonly sip: string;
  readonly q850: string;
  readonly caller: string;
  readonly callerFrom: string;
  readonly callerAsserted: string;
  readonly trunk: string;
  readonly gateway: string;
  readonly gatewayError: string;
  readonly noStory: string;
}

/** What a timeline of a verification says. */
export const TIMELINE_WORDS: Readonly<Record<Language, TimelineWords>> = {
  ja: {
    call: (nth) => `${String(nth)}回目の通話`,
    begun: "登録されました",
    callPlaced: "発信しました",
    callArrived: "着信しました",
    ringing: "呼び出しを開始しました",
    answered: "応答しました",
    callEnded: "通話が終了しました",
    messageBegun: "SMSを送信します",
    messageEnded: "SMSをゲートウェイに渡しました",
    callGoesOn: "通話が続いています",
    said: "案内を再生しました",
    keys: (count) => `キーが${String(count)}回押されました`,
    stepsLeftOut: (count) => `このあとの${String(count)}件の記録は省略されています。`,
    endedByUs: "本システムの動作",
    endedByPerson: "相手側の動作",
    endedByCarrier: "通信事業者側の動作",
    endedByUnknown: "どちらが切ったかは不明",
    whatToDo: "対処",
    sip: "SIP応答",
    q850: "Q.850理由",
    caller: "発信者情報",
    callerFrom: "From",
    callerAsserted: "P-Asserted-Identity",
    trunk: "トランク",
    gateway: "SMSゲートウェイ",
    gatewayError: "ゲートウェイのエラー",
    noStory: "案内とキー操作の記録はありません。",
  },
  en: {
    call: (nth) => `Call ${String(nth)}`,
    begun: "Registered",
    callPlaced: "Call placed",
    callArrived: "Call came in",
    ringing: "Ringing",
    answered: "Answered",
    callEnded: "Call ended",
    messageBegun: "SMS about to be sent",
    messageEnded: "SMS handed to the gateway",
    callGoesOn: "The call goes on",
    said: "Guidance played",
    keys: (count) => (count === 1 ? "1 key pressed" : `${String(count)} keys pressed`),
    stepsLeftOut: (count) => `${String(count)} more steps were not kept.`,
    endedByUs: "by this system",
    endedByPerson: "by the other person",
    endedByCarrier: "by the carrier",
    endedByUnknown: "by whom is not known",
    whatToDo: "What to do",
    sip: "SIP answer",
    q850: "Q.850 cause",
    caller: "Caller identity",
    callerFrom: "From",
    callerAsserted: "P-Asserted-Identity",
    trunk: "Trunk",
    gateway: "SMS gateway",
    gatewayError: "Gateway's error",
    noStory: "What was said and keyed was not kept.",
  },
};
