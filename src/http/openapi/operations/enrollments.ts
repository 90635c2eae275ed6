import { enrollmentBody, enrollmentQuery, pinBody } from "../../enrollment-schemas.js";
import { enrollmentListSchema, enrollmentSchema } from "../../../representation/enrollment.js";
import { ENROLLED } from "../examples.js";
import { BODY_PROBLEMS, type Operation } from "../operation.js";

const enrollmentRequest = enrollmentBody.meta({ id: "EnrollmentRequest" });

const pinRequest = pinBody.meta({ id: "PinRequest" });

export const enrollmentOperations: readonly Operation[] = [
  {
    path: "/v1/enrollments",
    method: "post",
    id: "createEnrollment",
    summary: "Enroll a number: its calls are authenticated there and then / 電話番号の常時登録",
    body: enrollmentRequest,
    bodyExamples: {
      plain: {
        summary: "The call alone is enough / 発信だけで認証する",
        value: { phone_number: "090-1234-5678", id: "member-1" },
      },
      pin: {
        summary: "The call is asked for a PIN / 暗証番号を尋ねる",
        value: { phone_number: "090-1234-5678", id: "member-1", pin: "8265" },
      },
    },
    answers: {
      200: [
        "This id was enrolled before with the same content / 同じ内容で登録済み",
        enrollmentSchema,
        { example: ENROLLED },
      ],
      201: [
        "Stored durably / 保存済み",
        enrollmentSchema,
        { headers: ["Location", "RateLimit", "RateLimit-Policy"], example: ENROLLED },
      ],
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(["enrollment_not_found", "id_conflict", "request_in_progress", "idempotency_key_reused"] as const),
      ...(["not_permitted", "too_many_registrations", "too_many_enrollments"] as const),
    ],
  },
  {
    path: "/v1/enrollments",
    method: "get",
    id: "listEnrollments",
    summary: "List enrollments, newest first / 常時登録の一覧(新しい順)",
    query: enrollmentQuery,
    answers: {
      200: [
        "A page / 1 ページ分",
        enrollmentListSchema,
        { example: { data: [ENROLLED], next_cursor: null } },
      ],
    },
    problems: ["invalid_request"],
  },
  {
    path: "/v1/enrollments/{id}",
    method: "get",
    id: "getEnrollment",
    summary: "Look at an enrollment / 常時登録の内容",
    answers: { 200: ["The enrollment / 常時登録", enrollmentSchema, { example: ENROLLED }] },
    problems: ["invalid_request", "enrollment_not_found"],
  },
  {
    path: "/v1/enrollments/{id}",
    method: "delete",
    id: "deleteEnrollment",
    summary: "Delete an enrollment; a call of it in progress is hung up / 常時登録の削除(通話中なら切断)",
    answers: { 204: ["It is deleted / 削除した"] },
    problems: ["invalid_request", "enrollment_not_found"],
  },
  {
    path: "/v1/enrollments/{id}/pin",
    method: "post",
    id: "renewEnrollmentPin",
    summary:
      "Give an enrollment another PIN, and begin to count wrong ones anew; a call of it in progress is hung up" +
      " / 暗証番号の再設定(誤入力の回数は 0 に戻る。通話中なら切断)",
    body: pinRequest,
    bodyExamples: { pin: { summary: "Another PIN / 新しい暗証番号", value: { pin: "5093" } } },
    answers: {
      200: ["It is set / 再設定済み", enrollmentSchema, { example: { ...ENROLLED, has_pin: true } }],
    },
    problems: [...BODY_PROBLEMS, "enrollment_not_found", "not_permitted"],
  },
];
