import type { FindingTable } from "./finding.js";

export const WEBHOOK_FINDINGS = {
  "webhook-disabled": {
    severity: "warning",
    what: { ja: "Webhook が停止しています。", en: "A webhook is disabled." },
    cause: {
      ja: "管理者が停止したか、受信側が 410 を返しました。このクライアントには何も通知されません。",
      en: "An administrator did so, or its receiver answered 410. This client is told of nothing.",
    },
    remedy: {
      ja: "受信側を確認し、`honnin webhooks set` で再開してください。",
      en: "Look at the receiver, and enable it with `honnin webhooks set`.",
    },
  },
  "webhook-private": {
    severity: "error",
    what: {
      ja: "Webhook の送信先が社内のアドレスのため、送信を拒否しています。",
      en: "A webhook leads to a private address, and nothing is sent there.",
    },
    cause: {
      ja: "社内のサービスを守るため、ループバックやプライベートアドレスには送信しません。",
      en: "To keep inside services safe, nothing is sent to loopback or private addresses.",
    },
    remedy: {
      ja: "送信先が正しければ、HONNIN_WEBHOOK_ALLOW_PRIVATE=true を設定して再起動してください。",
      en: "Where that is meant, set HONNIN_WEBHOOK_ALLOW_PRIVATE=true and start the service anew.",
    },
  },
  "webhook-failing": {
    severity: "warning",
    what: { ja: "Webhook を届けられません。", en: "A webhook cannot be delivered." },
    cause: {
      ja: "受信側に接続できないか、2xx 以外を返しています。再送は続いています。",
      en: "Its receiver is not reached, or answers something else than 2xx. It is tried again.",
    },
    remedy: {
      ja: "示された結果をもとに、URL、証明書、受信側のログを確認してください。",
      en: "By what was seen look at the URL, the certificate and the receiver's log.",
    },
  },
  "webhook-given-up": {
    severity: "warning",
    what: { ja: "届けるのをあきらめたイベントがあります。", en: "Events were given up." },
    cause: {
      ja: "再送の期限までに届きませんでした。受信側はこれらを知りません。",
      en: "They could not be delivered until the end of the schedule: the receiver does not know of them.",
    },
    remedy: {
      ja: "受信側を直してから、`honnin webhooks redeliver --failed` で再送してください。",
      en: "Mend the receiver, then send them again: `honnin webhooks redeliver --failed`.",
    },
  },
  "webhook-backlog": {
    severity: "warning",
    what: { ja: "イベントの送信が滞っています。", en: "Events wait for their webhook." },
    cause: {
      ja: "5 分以上前のイベントがまだ届いていません。受信側が遅いか停止しているか、サービスが動いていません。",
      en: "Some are older than five minutes: the receiver is slow or down, or the service does not run.",
    },
    remedy: {
      ja: "受信側の応答時間と、サービスの状態を確認してください。",
      en: "Look at how long the receiver takes to answer, and at the service.",
    },
  },
} as const satisfies FindingTable;
