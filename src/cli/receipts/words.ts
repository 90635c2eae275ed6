import type { ReceiptFault } from "../../receipts/verify-receipt.js";
import type { Both } from "../both.js";

/** What is wrong with a receipt, as people are told. */
export const FAULT_WORDS: Readonly<Record<ReceiptFault, Both>> = {
  not_a_receipt: {
    ja: "Honnin の認証証明ではないか、形式が壊れています。",
    en: "This is no receipt of Honnin, or its form is damaged.",
  },
  wrong_algorithm: {
    ja: "署名の方式が EdDSA ではありません。偽造のおそれがあります。",
    en: "It is not signed by EdDSA: it may be forged.",
  },
  critical_extension: {
    ja: "解釈できない必須の拡張（crit）があります。",
    en: "It demands an extension (crit) that is not understood.",
  },
  unknown_key: {
    ja: "署名した鍵が、鍵の一覧にありません。別の環境の鍵か、取り消された鍵か、公開期間の過ぎた鍵です。",
    en: "The key that signed it is not among those given: it is another installation's, was revoked, or is published no more.",
  },
  changed: {
    ja: "署名が合いません。発行後に書き換えられています。",
    en: "The signature does not fit: something was changed after it was issued.",
  },
  wrong_issuer: {
    ja: "発行者（iss）が違います。",
    en: "It is of another issuer (iss).",
  },
  wrong_audience: {
    ja: "宛先（aud）が違います。別のクライアントの認証証明です。",
    en: "It is for another client (aud).",
  },
};

export const VALID: Both = { ja: "正しい認証証明です。", en: "The receipt is valid." };
