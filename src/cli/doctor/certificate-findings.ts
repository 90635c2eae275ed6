import type { FindingTable } from "./finding.js";

export const CERTIFICATE_FINDINGS = {
  "certificate-unreadable": {
    severity: "error",
    what: { ja: "証明書または秘密鍵を読み取れません。", en: "The certificate or its key cannot be read." },
    cause: {
      ja: "ファイルがない、アクセスできない、または PEM 形式ではありません。サービスは起動しません。",
      en: "The file is not there, may not be read, or is no PEM. The service does not start so.",
    },
    remedy: {
      ja: "HONNIN_TLS_CERT と HONNIN_TLS_KEY のパスと、サービスのユーザーが読めるかを確認してください。",
      en: "Look at the paths of HONNIN_TLS_CERT and HONNIN_TLS_KEY, and that the user of the service may read them.",
    },
  },
  "certificate-of-another-key": {
    severity: "error",
    what: { ja: "証明書と秘密鍵が一致しません。", en: "The certificate and the key do not belong together." },
    cause: {
      ja: "証明書を更新したときに、片方のファイルだけを置き換えた可能性があります。",
      en: "Probably one of the two was replaced when the certificate was renewed, and not the other.",
    },
    remedy: {
      ja: "同じ発行で受け取った証明書と秘密鍵の組を設定してください。",
      en: "Set the pair that was issued together.",
    },
  },
  "certificate-not-yet": {
    severity: "error",
    what: { ja: "証明書の有効期間が始まっていません。", en: "The certificate is not valid yet." },
    cause: {
      ja: "このマシンの時計が遅れているか、将来の日付で発行されています。",
      en: "The clock of this machine is slow, or the certificate begins in the future.",
    },
    remedy: {
      ja: "時計と証明書の有効期間を確認してください。",
      en: "Look at the clock, and at the certificate's dates.",
    },
  },
  "certificate-ended": {
    severity: "error",
    what: { ja: "証明書の有効期限が切れています。", en: "The certificate has run out." },
    cause: {
      ja: "更新されていないか、更新後にサービスが再起動されていません。",
      en: "It was not renewed, or the service was not started anew since.",
    },
    remedy: {
      ja: "新しい証明書を設定し、サービスを再起動してください。自己署名の証明書は、再起動すると作り直されます。",
      en: "Set a new one, and start the service anew. A self-signed one is made anew by the start itself.",
    },
  },
  "certificate-ends": {
    severity: "warning",
    what: { ja: "証明書の有効期限が近づいています。", en: "The certificate runs out soon." },
    cause: {
      ja: "残りが 21 日を切りました。切れると、API とコンソールに接続できなくなります。",
      en: "Fewer than 21 days are left. After them nobody can connect to API and console.",
    },
    remedy: {
      ja: "証明書を更新し、サービスを再起動してください。自己署名の証明書は、再起動すると作り直されます。",
      en: "Renew it, and start the service anew. A self-signed one is made anew by the start itself.",
    },
  },
  "certificate-of-another-name": {
    severity: "warning",
    what: {
      ja: "接続に使う名前が、証明書に含まれていません。",
      en: "A name by which others connect is not in the certificate.",
    },
    cause: {
      ja: "HONNIN_API_HOST または HONNIN_CONSOLE_URL のホスト名が、証明書の Subject Alternative Name にありません。ほかのマシンからの接続は拒否されます。",
      en: "The host of HONNIN_API_HOST or HONNIN_CONSOLE_URL is not in its Subject Alternative Name: other machines refuse to connect.",
    },
    remedy: {
      ja: "その名前を含む証明書を HONNIN_TLS_CERT に設定してください。",
      en: "Set HONNIN_TLS_CERT to a certificate with that name in it.",
    },
  },
} as const satisfies FindingTable;
