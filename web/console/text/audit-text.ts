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
  "testcall.placed": ["テスト発信", "test call placed"],
  "client.created": ["クライアントの作成", "client made"],
  "client.settings_changed": ["クライアントの設定の変更", "settings of a client changed"],
  "key.created": ["API キーの発行", "API key made"],
  "key.revoked": ["API キーの失効", "API key revoked"],
  "key.expiry_set": ["API キーの期限の変更", "end of an API key set"],
  "webhook.set": ["Webhook の設定", "webhook set"],
  "webhook.rotated": ["Webhook のシークレットの更新", "secret of a webhook rotated"],
  "webhook.disabled": ["Webhook の停止", "webhook disabled"],
  "webhook.tested": ["Webhook のテスト送信", "webhook tested"],
  "enrollment.created": ["番号登録の追加", "number enrolled"],
  "enrollment.ended": ["番号登録の解除", "enrollment ended"],
  "audit.pruned": ["古い監査ログの削除", "old lines of the trail deleted"],
  "number.erased": ["電話番号の消去", "a number erased"],
  "data_key.rotated": ["データ鍵の更新", "data key rotated"],
  "node.drained": ["ノードの発着信の停止", "node drained"],
  "node.undrained": ["ノードの発着信の再開", "node undrained"],
  "receipt_key.created": ["認証証明の鍵の作成", "key of receipts made"],
  "receipt_key.advanced": ["認証証明の鍵の前倒し", "key of receipts signs earlier"],
  "receipt_key.revoked": ["認証証明の鍵の取り消し", "key of receipts revoked"],
  "enrollment.imported": ["番号登録の一括取り込み", "numbers enrolled from a file"],
  "prompt.changed": ["案内の差し替え", "prompt changed"],
  "prompt.rolled_back": ["案内を前の版に戻す", "prompt rolled back"],
  "prompt.text_changed": ["案内の文面の変更", "text of a prompt changed"],
  "test_phone.account_shown": ["テスト用電話のアカウントの表示", "account of a test telephone shown"],
};

/** What was done, in words. */
export const ACTS: ReadonlySignal<Readonly<Record<Audited, string>>> = computed(() => {
  const nth = language.value === "ja" ? 0 : 1;
  const words = Object.entries(WORDS).map(([act, both]) => [act, both[nth]]);
  return Object.fromEntries(words) as Record<Audited, string>;
});
