import { Components } from "./components.js";
import { describeOperation } from "./describe-operation.js";
import { HEADERS } from "./headers.js";
import type { Json, Operation } from "./operation.js";
import { enrollmentOperations } from "./operations/enrollments.js";
import { eventOperations } from "./operations/events.js";
import { receiptOperations } from "./operations/receipts.js";
import { usageOperations } from "./operations/usage.js";
import { verificationOperations } from "./operations/verifications.js";
import { describeWebhooks } from "./webhooks.js";

/** By resource, one file each; a resource's tag is the second part of its paths. */
const OPERATIONS: readonly Operation[] = [
  ...verificationOperations,
  ...receiptOperations,
  ...enrollmentOperations,
  ...eventOperations,
  ...usageOperations,
];

const TAGS: readonly Json[] = [
  { name: "verifications", description: "Prove that a person holds a number / 電話番号の本人確認" },
  {
    name: "enrollments",
    description: "Numbers registered once, whose calls are authenticated / 電話番号の常時登録",
  },
  { name: "events", description: "Be told as it happens / イベントの受信" },
  { name: "usage", description: "What was used / 利用明細" },
];

/**
 * OpenAPI 3.1 of the whole API, made from the schemas that validate requests, so that the two
 * cannot differ. Answers and events are held against it by the tests.
 */
export function openApiDocument(version: string): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describeOperation(operation, components),
    };
  }
  const webhooks = describeWebhooks(components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Honnin",
      version,
      summary: "Telephone authentication / 電話認証",
      description:
        "Register a verification, show the code (or the number to call), and ask for the result or be told of it. / 認証を登録し、認証番号(または電話番号)を画面に示し、結果を問い合わせるか通知を受けます。",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "this server / このサーバー" }],
    security: [{ apiKey: [] }],
    tags: TAGS,
    paths,
    webhooks,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "an API key / API キー" } },
      headers: HEADERS,
      schemas: components.schemas(),
    },
  };
}
