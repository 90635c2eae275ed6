import { computed, type ReadonlySignal } from "@preact/signals";
import type { Audited } from "../../../src/admins/audited.js";
import { language, texts } from "./text.js";

export const auditText = texts(
  {
    auditTitle: "監査ログ",
    auditMeans: "誰が、いつ、どこから、何をしたかの記録です。改ざんは honnin audit verify で検出できます。",
    details: "詳細",
  },
  {
    auditTitle: "Audit trail",
    auditMeans: "Who did what, when and from where. honnin audit verify finds whatever was altered.",
    details: "Details",
  },
);

const WORDS: Readonly<Record<Audited, readonly [ja: string, en: string]>> = {
  "admin.created": ["アカウントの作成", "account made"],
  "admin.invited": ["利用者の招待", "somebody invited"],
  "admin.reset": ["ログイン方法の再設定", "ways in reset"],
  "admin.role_changed": ["権限の変更", "role changed"],
  "admin.disabled": ["アカウントの停止", "account disabled"],
  "admin.enabled": ["アカウントの再開", "account enabled"],
  "login.succeeded": ["ログイン", "logged in"],
  "login.failed": ["ログインの失敗", "log-in failed"],
  logout: ["ログアウト", "logged out"],
  "session.revoked": ["セッションの終了", "session ended"],
  "password.changed": ["パスワードの変更", "password changed"],
  "recovery_codes.renewed": ["リカバリーコードの再作成", "recovery codes renewed"],
  "passkey.added": ["パスキーの追加", "passkey added"],
  "passkey.removed": ["パスキーの削除", "passkey removed"],
  "number.revealed": ["電話番号の表示", "number revealed"],
  "verifications.exported": ["認証の履歴の出力", "verifications exported"],
  "verification.canceled": ["認証の取り消し", "verification canceled"],
  "webhook.redelivered": ["通知の再送", "event sent again"],
  "test_phone.account_shown": ["テスト用電話のアカウントの表示", "account of a test telephone shown"],
};

/** What was done, in words. */
export const ACTS: ReadonlySignal<Readonly<Record<Audited, string>>> = computed(() => {
  const nth = language.value === "ja" ? 0 : 1;
  const words = Object.entries(WORDS).map(([act, both]) => [act, both[nth]]);
  return Object.fromEntries(words) as Record<Audited, string>;
});
