import type { VerificationTold } from "../console/contract/verifications.js";
import { type Both, inLanguage } from "../console/words/language.js";
import {
  DIRECTION_WORDS,
  LINE_WORDS,
  METHOD_WORDS,
  REASON_WORDS,
  STATUS_WORDS,
} from "../console/words/verification-words.js";
import type { Language } from "./both.js";

const NAMES = {
  id: ["認証ID", "verification"],
  client: ["クライアント", "client"],
  status: ["状態", "status"],
  number: ["電話番号", "number"],
  method: ["認証方法", "method"],
  callTo: ["着信番号", "number to call"],
  created: ["登録日時", "registered"],
  expires: ["有効期限", "deadline"],
  ended: ["終了日時", "ended"],
  entries: ["コードの入力", "code entries"],
  amount: ["金額", "amount"],
  payee: ["支払先", "payee"],
  reference: ["照会番号", "reference"],
} as const satisfies Readonly<Record<string, Both>>;

/** What a verification is, in names and values for people. */
export function verificationFacts(
  told: VerificationTold,
  language: Language,
): readonly (readonly [string, string])[] {
  const say = (both: Both): string => inLanguage(both, language);
  const reason = told.reason === null ? "" : ` (${say(REASON_WORDS[told.reason])})`;
  const facts: readonly (readonly [keyof typeof NAMES, string | null])[] = [
    ["id", told.id],
    ["client", told.client.name],
    ["status", `${say(STATUS_WORDS[told.status])}${reason}`],
    ["number", `${told.number} (${say(LINE_WORDS[told.line_type])})`],
    ["method", `${say(DIRECTION_WORDS[told.direction])}, ${say(METHOD_WORDS[told.method])}`],
    ["callTo", told.call_to],
    ["created", told.created_at],
    ["expires", told.expires_at],
    ["ended", told.completed_at],
    ["amount", told.transaction === null ? null : `${told.transaction.amount} ${told.transaction.currency}`],
    ["payee", told.transaction?.payee ?? null],
    ["reference", told.transaction?.reference ?? null],
    ["entries", `${String(told.code_entries)}/${String(told.max_code_entries)}`],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [[`${say(NAMES[name])}:`, value]]));
}
