import type { FindingTable } from "./finding.js";

export const TRUNK_FINDINGS = {
  "trunk-unresolved": {
    severity: "error",
    what: { ja: "トランクのホスト名を解決できません。", en: "The trunk's host name does not resolve." },
    cause: {
      ja: "HONNIN_TRUNK_URI のホスト名が誤っているか、DNS サーバーに問い合わせできません。",
      en: "The name in HONNIN_TRUNK_URI is wrong, or the name servers are not reached.",
    },
    remedy: {
      ja: "`getent hosts` で確かめ、名前または /etc/resolv.conf を直してください。閉域網では、通信事業者の DNS を指定する必要があります。",
      en: "Look with `getent hosts`, and mend the name or /etc/resolv.conf. On a closed network the carrier's own name servers are wanted.",
    },
  },
  "trunk-silent": {
    severity: "error",
    what: { ja: "トランクが応答しません。", en: "The trunk does not answer." },
    cause: {
      ja: "OPTIONS に対する応答がありません。アドレスやポートの誤り、ファイアウォール、または契約した回線やアドレスと違うところからの接続が考えられます。OPTIONS に答えないトランクもあります。",
      en: "No answer came to OPTIONS: a wrong address or port, a firewall, or we are not where the contract says. Some trunks answer no OPTIONS.",
    },
    remedy: {
      ja: "HONNIN_TRUNK_URI とファイアウォールを確認してください。`honnin trunk test 電話番号` で通話できれば、問題ありません。",
      en: "Look at HONNIN_TRUNK_URI and the firewall. Where `honnin trunk test NUMBER` gets through, nothing has to be done.",
    },
  },
  "trunk-without-codec": {
    severity: "error",
    what: {
      ja: "トランクに、共通の音声の方式がありません。",
      en: "The trunk has no codec in common with us.",
    },
    cause: {
      ja: "OPTIONS の応答に PCMU も PCMA（G.711）もありません。",
      en: "Its answer to OPTIONS names neither PCMU nor PCMA (G.711).",
    },
    remedy: {
      ja: "G.711 を有効にするよう、通信事業者に依頼してください。",
      en: "Ask the carrier to allow G.711.",
    },
  },
  "clock-off": {
    severity: "warning",
    what: {
      ja: "このマシンの時計が、トランクの時計とずれています。",
      en: "The clock of this machine is not that of the trunk.",
    },
    cause: {
      ja: "トランクの応答の Date と 1 分以上違います。多くは、このマシンの時計が同期されていません。",
      en: "The Date of the trunk's answer is off by more than a minute. Mostly this machine is not synchronized.",
    },
    remedy: {
      ja: "NTP（chrony など）を有効にし、`timedatectl` で確認してください。",
      en: "Turn on NTP (chrony, say), and look with `timedatectl`.",
    },
  },
  "registration-refused": {
    severity: "error",
    what: { ja: "トランクが登録を拒否しています。", en: "The trunk refuses our registration." },
    cause: {
      ja: "401 または 403 では、ユーザー名、認証 ID、パスワードのいずれかが誤っています。着信は届きません。",
      en: "By 401 or 403 user, user of authentication or password is wrong. No call comes in.",
    },
    remedy: {
      ja: "HONNIN_TRUNK_USERNAME、HONNIN_TRUNK_AUTH_USERNAME、HONNIN_TRUNK_PASSWORD を、通信事業者の通知と照合してください。",
      en: "Compare HONNIN_TRUNK_USERNAME, HONNIN_TRUNK_AUTH_USERNAME and HONNIN_TRUNK_PASSWORD with what the carrier told you.",
    },
  },
  "registration-unanswered": {
    severity: "error",
    what: { ja: "登録に対してトランクが応答しません。", en: "The trunk does not answer our registration." },
    cause: {
      ja: "REGISTER の応答が届きません。着信は届きません。",
      en: "No answer came to REGISTER. No call comes in.",
    },
    remedy: {
      ja: "HONNIN_TRUNK_URI、ファイアウォール、通信事業者の障害情報を確認してください。",
      en: "Look at HONNIN_TRUNK_URI, the firewall, and whether the carrier has trouble.",
    },
  },
  "registration-was-lost": {
    severity: "warning",
    what: {
      ja: "登録が切れていたため、登録し直しました。",
      en: "The registration was lost, and was made anew.",
    },
    cause: {
      ja: "トランクが一時的に応答しなかったか、登録の期限が切れていました。その間、着信は届きませんでした。",
      en: "The trunk had not answered for a while, or it had run out. No call came in meanwhile.",
    },
    remedy: {
      ja: "繰り返す場合は、ネットワークと NAT のタイムアウト（登録は 300 秒）を確認してください。",
      en: "Where it comes again, look at the network and at the time-out of NAT (a registration lasts 300 s).",
    },
  },
} as const satisfies FindingTable;
