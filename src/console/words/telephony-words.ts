import { type Both, inLanguage, type Language } from "./language.js";

/** Final answers of SIP (RFC 3261 section 21, RFC 8197, RFC 8688). */
const SIP: Readonly<Record<number, Both>> = {
  401: ["認証が必要", "Unauthorized"],
  403: ["禁止", "Forbidden"],
  404: ["番号なし", "Not Found"],
  407: ["プロキシ認証が必要", "Proxy Authentication Required"],
  408: ["時間切れ", "Request Timeout"],
  410: ["番号は廃止", "Gone"],
  480: ["一時的に接続不可", "Temporarily Unavailable"],
  484: ["番号が不完全", "Address Incomplete"],
  486: ["話し中", "Busy Here"],
  487: ["呼び出しの中止", "Request Terminated"],
  488: ["条件が合わない", "Not Acceptable Here"],
  500: ["サーバー内部エラー", "Server Internal Error"],
  502: ["ゲートウェイの障害", "Bad Gateway"],
  503: ["サービス利用不可", "Service Unavailable"],
  504: ["サーバー時間切れ", "Server Time-out"],
  600: ["すべて話し中", "Busy Everywhere"],
  603: ["拒否", "Decline"],
  604: ["どこにも存在しない", "Does Not Exist Anywhere"],
  606: ["条件が合わない", "Not Acceptable"],
  607: ["望まない着信", "Unwanted"],
  608: ["迷惑電話として遮断", "Rejected"],
};

/** ITU-T Q.850, table 1. */
const Q850: Readonly<Record<number, Both>> = {
  1: ["欠番", "unallocated number"],
  2: ["中継網への経路なし", "no route to transit network"],
  3: ["相手への経路なし", "no route to destination"],
  16: ["正常切断", "normal call clearing"],
  17: ["話し中", "user busy"],
  18: ["端末の応答なし", "no user responding"],
  19: ["呼び出し中・応答なし", "no answer from user"],
  20: ["加入者不在", "subscriber absent"],
  21: ["拒否", "call rejected"],
  22: ["番号変更", "number changed"],
  27: ["相手の端末の障害", "destination out of order"],
  28: ["番号が不完全", "invalid number format"],
  31: ["正常（詳細なし）", "normal, unspecified"],
  34: ["回線の空きなし", "no circuit available"],
  38: ["網の障害", "network out of order"],
  41: ["一時的な障害", "temporary failure"],
  42: ["交換機の輻輳", "switching equipment congestion"],
  44: ["要求した回線は利用不可", "requested circuit not available"],
  46: ["優先呼による規制", "precedence call blocked"],
  47: ["資源の不足", "resource unavailable"],
  58: ["伝達能力は利用不可", "bearer capability not available"],
  102: ["タイマー満了", "recovery on timer expiry"],
  127: ["相互接続（詳細なし）", "interworking, unspecified"],
};

export function sipWords(status: number, language: Language): string {
  return worded(status, SIP, language);
}

export function q850Words(cause: number, language: Language): string {
  return worded(cause, Q850, language);
}

function worded(number: number, words: Readonly<Record<number, Both>>, language: Language): string {
  const both = words[number];
  if (both === undefined) return String(number);
  return language === "ja" ? `${String(number)}（${both[0]}）` : `${String(number)} (${both[1]})`;
}

/** Pieces of guidance, in short; what is not here is shown by its id, and silence not at all. */
const PROMPTS: Readonly<Record<string, Both>> = {
  "company-name": ["会社名", "company name"],
  greeting: ["あいさつ", "greeting"],
  "ask-code": ["コード入力の案内", "asks for the code"],
  "ask-code-again": ["コード再入力の案内", "asks for the code again"],
  "wrong-code": ["コードの誤り", "the code is wrong"],
  "tries-left-1": ["残り1回", "1 try left"],
  "tries-left-2": ["残り2回", "2 tries left"],
  "tries-left-3": ["残り3回", "3 tries left"],
  "tries-left-4": ["残り4回", "4 tries left"],
  "tries-left-5": ["残り5回", "5 tries left"],
  "no-input": ["入力がないことの案内", "nothing was keyed"],
  "no-input-final": ["入力がないため終了", "nothing was keyed, the end"],
  verified: ["認証完了", "verified"],
  failed: ["認証できなかった旨", "not verified"],
  "fraud-reported": ["申告を受け付けた旨", "the report was taken"],
  expired: ["期限切れの旨", "expired"],
  "service-trouble": ["受け付けられない旨", "not possible now"],
  "inbound-greeting": ["着信時のあいさつ", "greeting of callers"],
  "ask-code-inbound": ["コード入力の案内（着信）", "asks callers for the code"],
  "caller-verified": ["発信者番号で認証完了", "verified by the caller's number"],
  "ask-pin": ["暗証番号の案内", "asks for the PIN"],
  "enrolled-verified": ["認証完了（事前登録）", "verified (enrolled)"],
  withheld: ["186 を付けてかけ直す案内", "call again with 186"],
  "withheld-payphone": ["公衆電話の案内", "payphone"],
  "withheld-unavailable": ["番号が通知されない旨", "the number is not told"],
  "unknown-number": ["登録のない番号の案内", "unknown number"],
  goodbye: ["終わりのあいさつ", "goodbye"],
  "spoken-greeting": ["あいさつ（読み上げ）", "greeting (spoken code)"],
  "human-gate": ["キー操作のお願い", "asks for a key"],
  "call-back-greeting": ["折り返しのあいさつ", "greeting of a call back"],
  "confirm-gate": ["確認のキー操作のお願い", "asks to confirm by a key"],
  "spoken-intro": ["コードの読み上げ", "reads the code"],
  "spoken-again": ["コードの読み上げ（2回目）", "reads the code again"],
  "spoken-repeat-offer": ["もう一度聞く案内", "offers to repeat"],
  "spoken-done": ["読み上げの終わり", "end of the code"],
};

export function promptWords(pieces: readonly string[], language: Language): string {
  const told = pieces.filter((id) => !id.startsWith("silence-"));
  const words = told.map((id) => {
    const both = PROMPTS[id];
    return both === undefined ? id : inLanguage(both, language);
  });
  return words.join(language === "ja" ? "・" : " · ");
}
