import type { EventTold } from "../../../src/console/contract/verifications.js";
import { language } from "./text.js";

type Words = readonly [ja: string, en: string];

/** What went wrong before there was an answer, by our words and Node's (`src/events/webhook-request.ts`). */
const FAULTS: Readonly<Record<string, Words>> = {
  timeout: ["時間内に応答がありませんでした", "there was no answer in time"],
  target_refused: [
    "送信が許可されていない宛先です（社内アドレスなど）",
    "we do not send to this address (a private one, for example)",
  ],
  interim_answers: ["応答が途中のまま進みませんでした", "the answer never got past its beginning"],
  answer_too_long: ["応答が長すぎました", "the answer was too long"],
  closed: ["応答の前に切断されました", "the connection was closed before an answer"],
  ECONNREFUSED: ["接続を拒否されました", "the connection was refused"],
  ECONNRESET: ["接続が切断されました", "the connection was reset"],
  EPIPE: ["接続が切断されました", "the connection was reset"],
  ETIMEDOUT: ["接続できませんでした", "the host could not be reached"],
  EHOSTUNREACH: ["接続できませんでした", "the host could not be reached"],
  ENETUNREACH: ["接続できませんでした", "the host could not be reached"],
  ENOTFOUND: ["ホスト名が見つかりません", "the host name does not exist"],
  EAI_AGAIN: ["ホスト名を調べられませんでした", "the host name could not be looked up"],
  CERT_HAS_EXPIRED: ["証明書の有効期限が切れています", "the certificate has expired"],
  CERT_NOT_YET_VALID: ["証明書がまだ有効ではありません", "the certificate is not valid yet"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "証明書のホスト名が一致しません",
    "the certificate is for another host name",
  ],
};
const UNTRUSTED: Words = ["証明書を信頼できません", "the certificate is not trusted"];
const UNTRUSTED_CODES =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY|GET)_.*|CERT_.*)$/;
const TLS: Words = ["TLS で接続できませんでした", "no TLS connection could be made"];
const NOT_HTTP: Words = ["HTTP の応答ではありませんでした", "the answer was not HTTP"];
const OTHER: Words = ["送信できませんでした", "it could not be sent"];

interface DeliveryAnswer {
  readonly words: string;
  /** The HTTP status, or the code of what went wrong. */
  readonly code: string;
}

/** What came of the last try; null: there was none. */
export function deliveryAnswer(
  of: Pick<NonNullable<EventTold["delivery"]>, "last_status" | "last_error">,
): DeliveryAnswer | null {
  const { last_status: status, last_error: error } = of;
  if (status !== null) return { words: said(statusWords(status)), code: String(status) };
  return error === null ? null : { words: faultWords(error), code: error };
}

/** Why there was no answer. */
export function faultWords(code: string): string {
  return said(
    FAULTS[code] ??
      (UNTRUSTED_CODES.test(code)
        ? UNTRUSTED
        : /^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code)
          ? TLS
          : code.startsWith("HPE_")
            ? NOT_HTTP
            : OTHER),
  );
}

function statusWords(status: number): Words {
  if (status >= 200 && status < 300) return ["受信されました", "it was taken"];
  if (status >= 300 && status < 400) {
    return [
      "転送を指示されました（転送先には送りません）",
      "the receiver points elsewhere, which we do not follow",
    ];
  }
  if (status >= 500) return ["受信側でエラーが発生しました", "the receiver had an error"];
  return ["受信側に拒否されました", "the receiver refused it"];
}

function said([ja, en]: Words): string {
  return language.value === "ja" ? ja : en;
}
