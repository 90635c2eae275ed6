import { receiptSchema } from "../../../representation/receipt.js";
import { receiptQuery } from "../../verification-schemas.js";
import { RECEIPT } from "../examples.js";
import type { Operation } from "../operation.js";

export const receiptOperations: readonly Operation[] = [
  {
    path: "/v1/verifications/{id}/receipt",
    method: "get",
    id: "verificationReceipt",
    summary: "A signed receipt of an ended verification / 終了した認証の署名付き証明",
    description:
      "It can be verified without this service, by the public keys of `/.well-known/jwks.json` (no API key is needed for those). / このサービスに接続しなくても、`/.well-known/jwks.json` の公開鍵（取得に API キーは不要）で検証できます。",
    query: receiptQuery,
    answers: { 200: ["The receipt / 認証証明", receiptSchema, { example: RECEIPT }] },
    problems: ["invalid_request", "verification_not_found", "verification_not_ended"],
  },
];
