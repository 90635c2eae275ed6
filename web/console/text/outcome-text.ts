import type { FailureReason, VerificationStatus } from "../../../src/verification/status.js";
import { texts } from "./text.js";

/** How verifications end, in words. */
export const outcomeText = texts<Record<FailureReason | VerificationStatus, string>>(
  {
    pending: "待機中",
    in_progress: "通話中",
    verified: "認証成功",
    failed: "失敗",
    expired: "期限切れ",
    canceled: "取り消し",
    wrong_code: "コード誤り",
    no_input: "入力なし",
    hung_up: "途中で切断",
    no_answer: "応答なし",
    busy: "話し中",
    rejected: "着信拒否",
    unreachable: "接続不可",
    invalid_number: "欠番・番号誤り",
    fraud_reported: "不正の申告",
    over_capacity: "回線の混雑",
    service_unavailable: "サービス停止",
  },
  {
    pending: "Waiting",
    in_progress: "On a call",
    verified: "Verified",
    failed: "Failed",
    expired: "Expired",
    canceled: "Canceled",
    wrong_code: "Wrong code",
    no_input: "No input",
    hung_up: "Hung up",
    no_answer: "No answer",
    busy: "Busy",
    rejected: "Rejected",
    unreachable: "Unreachable",
    invalid_number: "Invalid number",
    fraud_reported: "Fraud reported",
    over_capacity: "Over capacity",
    service_unavailable: "Service unavailable",
  },
);
