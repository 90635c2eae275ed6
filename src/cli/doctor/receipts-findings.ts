import type { FindingTable } from "./finding.js";

export const RECEIPTS_FINDINGS = {
  "receipt-key-unusable": {
    severity: "error",
    what: {
      ja: "認証証明に署名する鍵を開けません。",
      en: "The key that signs receipts cannot be opened.",
    },
    cause: {
      ja: "データベースの鍵の行が壊れているか、書き換えられています。認証証明を発行できません（500）。",
      en: "Its row in the database is damaged or was altered. No receipt can be issued (500).",
    },
    remedy: {
      ja: "`honnin receipt revoke` で、示された鍵を取り消してください。新しい鍵が作られます。取り消した鍵の認証証明は、すべて取り直しが必要です。",
      en: "Revoke the key that is named with `honnin receipt revoke`: a new one is made. Receipts by the revoked one have to be asked for again.",
    },
  },
} as const satisfies FindingTable;
