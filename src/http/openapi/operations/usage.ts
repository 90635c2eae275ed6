import { usageQuery } from "../../verification-schemas.js";
import { STATEMENT } from "../examples.js";
import type { Operation } from "../operation.js";
import { statementSchema } from "../../../representation/statement.js";

export const usageOperations: readonly Operation[] = [
  {
    path: "/v1/usage",
    method: "get",
    id: "usage",
    summary: "Counts and charges of a month in Japan's time / 月ごとの利用数と料金(日本時間)",
    query: usageQuery,
    answers: { 200: ["The statement / 明細", statementSchema, { example: STATEMENT }] },
    problems: ["invalid_request"],
  },
];
