import { checkBody, listQuery, registerBody, resendBody, resultBody } from "../../verification-schemas.js";
import { ENDED, ISSUED } from "../examples.js";
import { BODY_PROBLEMS, type Operation } from "../operation.js";
import {
  verificationListSchema,
  registeredSchema,
  verificationSchema,
} from "../../../representation/verification.js";

const registerRequest = registerBody.meta({ id: "RegisterRequest" });
const checkRequest = checkBody.meta({ id: "CheckRequest" });
const resendRequest = resendBody.meta({ id: "ResendRequest" });
const resultRequest = resultBody.meta({ id: "ResultRequest" });

export const verificationOperations: readonly Operation[] = [
  {
    path: "/v1/verifications",
    method: "post",
    id: "registerVerification",
    summary: "Register a verification / 認証データ登録",
    description:
      "Answers when the request is durable in the database; the call follows. / データベースに確実に保存してから応答し、その後に電話をかけます。",
    body: registerRequest,
    bodyExamples: {
      outbound: {
        summary: "Call, and ask for a code that is issued / 電話をかけ、発行した認証番号を尋ねる",
        value: { phone_number: "090-1234-5678", id: "reissue-1" },
      },
      ownCode: {
        summary: "Ask for a code of one's own, in English / 自社で決めた認証番号を英語で尋ねる",
        value: { phone_number: "+819012345678", code: "482913", locale: "en", metadata: { order: "7" } },
      },
      spoken: {
        summary: "Read a temporary password aloud / 仮パスワードを読み上げる",
        value: { phone_number: "090-1234-5678", method: "spoken", code: "k7Wp3xRd" },
      },
      sms: {
        summary: "Send the code by SMS / 認証番号を SMS で送る",
        value: { phone_number: "090-1234-5678", channel: "sms" },
      },
      chain: {
        summary: "By SMS, and by telephone after a minute / SMS で送り、1 分後に電話で読み上げる",
        value: { phone_number: "090-1234-5678", channels: [{ channel: "sms", seconds: 60 }, "voice"] },
      },
      transaction: {
        summary:
          "Have a payment agreed to: amount and payee are told first / 金額と支払先を伝えてから認証する",
        value: {
          phone_number: "090-1234-5678",
          id: "payment-1",
          transaction: { amount: "12000", currency: "JPY", payee: "本人商店", reference: "order-7" },
        },
      },
      inbound: {
        summary: "Await a call, the number alone is enough / 着信を待ち、発信者番号だけで認証する",
        value: { phone_number: "090-1234-5678", direction: "inbound", method: "caller_id" },
      },
    },
    answers: {
      200: [
        "This id was registered before with the same content / 同じ内容で登録済み",
        verificationSchema,
        { example: ENDED },
      ],
      201: [
        "Stored durably; the call follows / 保存済み。続いて発信します",
        registeredSchema,
        { headers: ["Location", "RateLimit", "RateLimit-Policy"], example: ISSUED },
      ],
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(["id_conflict", "request_in_progress", "idempotency_key_reused"] as const),
      ...(["number_not_allowed", "not_a_mobile_number", "channel_not_available", "not_permitted"] as const),
      ...(["payee_not_speakable"] as const),
      ...(["too_many_registrations", "too_many_calls_to_number", "too_many_calls_to_prefix"] as const),
      ...(["budget_exhausted"] as const),
    ],
  },
  {
    path: "/v1/verifications",
    method: "get",
    id: "listVerifications",
    summary: "List verifications, newest first / 認証の一覧(新しい順)",
    query: listQuery,
    answers: {
      200: ["A page / 1 ページ分", verificationListSchema, { example: { data: [ENDED], next_cursor: null } }],
    },
    problems: ["invalid_request"],
  },
  {
    path: "/v1/verifications/result",
    method: "post",
    id: "verificationResult",
    summary: "Ask for a result / 認証結果取得",
    body: resultRequest,
    bodyExamples: { one: { summary: "By its id / id で尋ねる", value: { id: "reissue-1" } } },
    answers: { 200: ["The verification / 認証の現在の状態", verificationSchema, { example: ENDED }] },
    problems: [...BODY_PROBLEMS, "verification_not_found"],
  },
  {
    path: "/v1/verifications/{id}",
    method: "get",
    id: "getVerification",
    summary: "The same, REST style / 認証結果取得(REST 形式)",
    answers: { 200: ["The verification / 認証の現在の状態", verificationSchema, { example: ENDED }] },
    problems: ["invalid_request", "verification_not_found"],
  },
  {
    path: "/v1/verifications/{id}/check",
    method: "post",
    id: "checkVerification",
    summary: "Judge what the person typed after hearing or reading the code / 伝えたコードの照合",
    description:
      "Answered 200 with the verification as it stands after it, right or wrong: its `status` tells. / 合っていても違っていても 200 で、結果は `status` が示します。",
    body: checkRequest,
    bodyExamples: { typed: { summary: "What was typed / 入力された内容", value: { code: "482913" } } },
    answers: {
      200: ["The verification after the check / 照合後の状態", verificationSchema, { example: ENDED }],
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(["verification_not_found", "verification_ended"] as const),
      ...(["check_not_applicable", "check_too_early"] as const),
    ],
  },
  {
    path: "/v1/verifications/{id}/resend",
    method: "post",
    id: "resendVerification",
    summary: "Tell the code at once, by this channel / コードをただちに送り直す",
    description:
      "By a channel that the verification was registered for; what was to come next gives way. / 登録時に指定したチャネルのいずれかで送ります。次に予定されていた送信・発信は、これに置き換わります。",
    body: resendRequest,
    bodyExamples: { call: { summary: "By telephone / 電話で", value: { channel: "voice" } } },
    answers: {
      200: ["The verification; `next` is due now / 認証の現在の状態", verificationSchema],
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(["verification_not_found", "verification_ended"] as const),
      ...(["resend_not_applicable", "attempt_in_progress", "channel_not_available"] as const),
      ...(["number_not_allowed", "too_many_calls_to_number", "budget_exhausted"] as const),
    ],
  },
  {
    path: "/v1/verifications/{id}/cancel",
    method: "post",
    id: "cancelVerification",
    summary: "Cancel; a call in progress is hung up / 取消(通話中なら切断)",
    answers: { 200: ["The canceled verification / 取り消した認証", verificationSchema] },
    problems: [...BODY_PROBLEMS, "verification_not_found", "verification_ended"],
  },
];
