import type { FindingTable } from "./finding.js";

export const SMS_FINDINGS = {
  "sms-unresolved": {
    severity: "error",
    what: {
      ja: "SMS ゲートウェイのホスト名を解決できません。",
      en: "The host name of an SMS gateway does not resolve.",
    },
    cause: {
      ja: "`url` のホスト名が誤っているか、DNS サーバーに問い合わせできません。",
      en: "The name in `url` is wrong, or the name servers are not reached.",
    },
    remedy: {
      ja: "`getent hosts` で確かめ、名前または /etc/resolv.conf を直してください。",
      en: "Look with `getent hosts`, and mend the name or /etc/resolv.conf.",
    },
  },
  "sms-unreachable": {
    severity: "error",
    what: {
      ja: "SMS ゲートウェイに接続できません。",
      en: "An SMS gateway cannot be connected to.",
    },
    cause: {
      ja: "アドレスやポートの誤り、ファイアウォール、またはゲートウェイの障害です。CERT で始まる理由や SELF_SIGNED は、証明書を信頼できないことを示します。",
      en: "A wrong address or port, a firewall, or the gateway is down. Reasons with CERT or SELF_SIGNED say that its certificate is not trusted.",
    },
    remedy: {
      ja: "`url` とファイアウォールを確認してください。証明書の発行元が独自の認証局であれば、`tls_ca` に指定してください。",
      en: "Look at `url` and the firewall. Where an authority of its own signed the certificate, name that in `tls_ca`.",
    },
  },
  "sms-down": {
    severity: "error",
    what: {
      ja: "SMS ゲートウェイとの接続が切れたままです。",
      en: "The service has no link to an SMS gateway.",
    },
    cause: {
      ja: "サービスが接続を試み続けていますが、示された理由で失敗しています。ESME_RBINDFAIL、ESME_RINVPASWD、ESME_RINVSYSID は、ユーザー名とパスワードの誤り、または契約を超える数の接続によるものです。",
      en: "The service keeps trying, and fails for the reason that is shown. ESME_RBINDFAIL, ESME_RINVPASWD and ESME_RINVSYSID are user name and password, or more links than were agreed.",
    },
    remedy: {
      ja: "`username`、`password`、`system_type` を契約の内容と照合してください。同じアカウントで接続しているものがほかにないかも確認してください。",
      en: "Compare `username`, `password` and `system_type` with the contract, and see whether another program uses the account.",
    },
  },
  "sms-resting": {
    severity: "warning",
    what: {
      ja: "失敗が続いたため、SMS ゲートウェイの使用を休止しています。",
      en: "An SMS gateway rests after failures.",
    },
    cause: {
      ja: "ゲートウェイが示された理由でメッセージを拒否したか、応答しませんでした。休止中は、ほかのゲートウェイを優先します。",
      en: "It refused messages for the reason that is shown, or did not answer. Others are preferred while it rests.",
    },
    remedy: {
      ja: "残高、送信元（`sender`）、認証情報を確認し、ゲートウェイの障害情報を見てください。",
      en: "Look at the account's balance, the sender (`sender`) and the credentials, and at what the gateway says of faults.",
    },
  },
  "sms-in-clear": {
    severity: "warning",
    what: {
      ja: "SMS ゲートウェイとの通信が暗号化されていません。",
      en: "What is sent to an SMS gateway is not encrypted.",
    },
    cause: {
      ja: "`smpp://` では、認証コードとパスワードがそのままネットワークを流れ、途中で読まれる可能性があります。",
      en: "With `smpp://` codes and the password pass as they are, and whoever is on the way can read them.",
    },
    remedy: {
      ja: "`smpps://` を使ってください。ゲートウェイが対応していない場合は、閉域網または VPN で接続してください。その場合、この警告は無視してかまいません。",
      en: "Use `smpps://`. Where the gateway has none, reach it by a private line or a VPN; then nothing has to be done.",
    },
  },
  "sms-without-reports": {
    severity: "note",
    what: {
      ja: "SMS が届いたかどうかを知る手段がありません。",
      en: "Nobody will tell whether messages were delivered.",
    },
    cause: {
      ja: "`public_url` も `report_token` も設定されていないため、ゲートウェイは配信結果を通知できません。届かなかったときも、次のチャネルに移るのは指定の秒数が過ぎてからです。",
      en: "Neither `public_url` nor `report_token` is set, so the gateway has nowhere to report to. After a message that did not arrive, the next channel begins only when its seconds are over.",
    },
    remedy: {
      ja: "ゲートウェイから API に到達できる場合は、`public_url` を設定してください。",
      en: "Where the gateway can reach the API, set `public_url`.",
    },
  },
} as const satisfies FindingTable;
