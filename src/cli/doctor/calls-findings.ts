import type { FindingTable } from "./finding.js";

export const CALL_FINDINGS = {
  "calls-want-credentials": {
    severity: "error",
    what: {
      ja: "トランクが発信時に認証を求め、応じられませんでした。",
      en: "The trunk wants to know who calls, and was not satisfied.",
    },
    cause: {
      ja: "401 または 407 が返りました。HONNIN_TRUNK_USERNAME、HONNIN_TRUNK_AUTH_USERNAME、HONNIN_TRUNK_PASSWORD のいずれかが未設定か誤りです。",
      en: "It answered 401 or 407: one of HONNIN_TRUNK_USERNAME, HONNIN_TRUNK_AUTH_USERNAME and HONNIN_TRUNK_PASSWORD is missing or wrong.",
    },
    remedy: {
      ja: "通信事業者から通知された認証 ID とパスワードを設定し、`honnin trunk test` で確認してください。",
      en: "Set user and password as the carrier told you, and look with `honnin trunk test`.",
    },
  },
  "calls-forbidden": {
    severity: "error",
    what: { ja: "トランクが発信を許可しませんでした。", en: "The trunk does not allow calls." },
    cause: {
      ja: "403 が返りました。多くは、HONNIN_CALLER_NUMBER が契約の番号ではないか、表記が違うためです。",
      en: "It answered 403. Mostly HONNIN_CALLER_NUMBER is no number of the contract, or is spelled in another way.",
    },
    remedy: {
      ja: "通知できる番号と表記（0 始まりか +81 か）、発信を許可された地域を通信事業者に確認してください。",
      en: "Ask the carrier which numbers you may show, how they are spelled (0… or +81…), and where you may call.",
    },
  },
  "calls-without-line": {
    severity: "warning",
    what: { ja: "通信事業者の回線に空きがありませんでした。", en: "The carrier had no free line." },
    cause: {
      ja: "HONNIN_TRUNK_MAX_CALLS が契約の同時通話数を超えているか、回線が混雑しています。",
      en: "HONNIN_TRUNK_MAX_CALLS is more than your contract allows, or its lines are busy.",
    },
    remedy: {
      ja: "HONNIN_TRUNK_MAX_CALLS を契約の同時通話数に合わせてください。",
      en: "Set HONNIN_TRUNK_MAX_CALLS to what your contract allows.",
    },
  },
  "calls-without-codec": {
    severity: "error",
    what: { ja: "音声の方式が合わず、拒否されました。", en: "No codec was common with the trunk." },
    cause: {
      ja: "488 または 606 が返りました。本システムは PCMU と PCMA（G.711）だけを提示します。",
      en: "It answered 488 or 606. PCMU and PCMA (G.711) are what is offered.",
    },
    remedy: {
      ja: "トランクで G.711（μ-law または A-law）を有効にするよう、通信事業者に依頼してください。",
      en: "Ask the carrier to allow G.711 (µ-law or A-law) on the trunk.",
    },
  },
  "calls-unanswered-by-trunk": {
    severity: "error",
    what: { ja: "トランクが発信に応答しませんでした。", en: "The trunk did not answer calls." },
    cause: {
      ja: "SIP の応答がまったく届きません。アドレスの誤り、ファイアウォール、NAT、またはトランクの停止が考えられます。",
      en: "Not one SIP answer came: a wrong address, a firewall, NAT, or a trunk that is down.",
    },
    remedy: {
      ja: "`honnin trunk test` で確かめ、HONNIN_TRUNK_URI と、UDP の往復が許可されているかを確認してください。",
      en: "Look with `honnin trunk test`; see that HONNIN_TRUNK_URI is right and that UDP may go both ways.",
    },
  },
  "calls-failed-by-trunk": {
    severity: "warning",
    what: {
      ja: "トランクまたは通信網の障害で失敗した通話があります。",
      en: "Calls failed by trouble of the trunk or the network.",
    },
    cause: {
      ja: "5xx などの応答で終わりました。",
      en: "They ended with an answer such as 5xx.",
    },
    remedy: {
      ja: "続く場合は、示された応答の番号と日時を添えて、通信事業者に問い合わせてください。",
      en: "If it lasts ask the carrier, with the answer and the time that were seen.",
    },
  },
  "calls-screened": {
    severity: "warning",
    what: {
      ja: "迷惑電話対策で遮断された通話があります。",
      en: "Filters of unwanted calls stopped some of ours.",
    },
    cause: {
      ja: "608 が返りました。発信者番号が迷惑電話に分類されている可能性があります。",
      en: "It answered 608: the caller number may be listed as unwanted.",
    },
    remedy: {
      ja: "発信者番号の登録状況を、通信事業者に問い合わせてください。",
      en: "Ask the carrier how the caller number is listed.",
    },
  },
  "callers-not-proved": {
    severity: "warning",
    what: {
      ja: "発信者番号の証明が足りず、受け付けなかった着信があります。",
      en: "Callers were turned away whose number was not proved.",
    },
    cause: {
      ja: "トランクが P-Asserted-Identity などで番号を保証していないか、クライアントの demand_evidence が厳しすぎます。",
      en: "The trunk does not vouch for numbers (P-Asserted-Identity), or the client's demand_evidence asks for more than it gives.",
    },
    remedy: {
      ja: "`honnin trace` で届いた発信者情報を確かめ、P-Asserted-Identity を送れるか通信事業者に確認してください。",
      en: "See with `honnin trace` what came, and ask the carrier whether it can send P-Asserted-Identity.",
    },
  },
  "calls-interrupted": {
    severity: "warning",
    what: { ja: "途中で失われた通話があります。", en: "Calls were lost on the way." },
    cause: {
      ja: "通話中に Asterisk またはサービスが停止しました。",
      en: "Asterisk or the service ended while they lasted.",
    },
    remedy: {
      ja: "示された日時の前後のログ（サービスと asterisk/log）を確認してください。",
      en: "Look at the log of that time, of the service and in asterisk/log.",
    },
  },
  "keys-in-unknown-payload": {
    severity: "error",
    what: {
      ja: "キー操作の信号が、取り決めと異なる番号で届いています。",
      en: "Keys come by a payload number that was not agreed upon.",
    },
    cause: {
      ja: "トランクの telephone-event（RFC 4733）のペイロード番号が、SDP と一致していません。",
      en: "The trunk sends telephone events (RFC 4733) by another number than its SDP says.",
    },
    remedy: {
      ja: "トランクの DTMF の設定を通信事業者に確認するか、HONNIN_TRUNK_DTMF を inband にしてください。",
      en: "Ask the carrier about DTMF, or set HONNIN_TRUNK_DTMF to inband.",
    },
  },
  "keys-from-stranger": {
    severity: "warning",
    what: {
      ja: "通話相手とは別のアドレスからキー操作の信号が届きました。",
      en: "Keys came from another address than the peer's.",
    },
    cause: {
      ja: "第三者が送ったか、トランクが音声とは別のアドレスからキー操作を送っています。無効としました。",
      en: "Somebody else sent them, or the trunk sends keys from another address than voice. They did not count.",
    },
    remedy: {
      ja: "RTP のポートをトランクのアドレスだけに許可し、メディアのアドレスを通信事業者に確認してください。",
      en: "Let the trunk's addresses alone reach the RTP ports, and ask the carrier for those of its media.",
    },
  },
  "keys-never-heard": {
    severity: "error",
    what: { ja: "キー操作がほとんど届いていません。", en: "Hardly any key is heard." },
    cause: {
      ja: "応答した通話の大半で、キーが一度も押されていません。DTMF の方式が合っていないか、トランクからの音声が届いていません。",
      en: "On most calls that were answered not one key came: DTMF is sent in another way, or no voice arrives from the trunk.",
    },
    remedy: {
      ja: "`honnin trunk test` で自分の電話にかけてキーを押し、HONNIN_TRUNK_DTMF と、RTP（UDP 10000〜19999）の受信を確認してください。",
      en: "Call your own telephone with `honnin trunk test` and press keys; look at HONNIN_TRUNK_DTMF, and that RTP (UDP 10000-19999) comes in.",
    },
  },
  "voice-not-heard": {
    severity: "error",
    what: {
      ja: "案内が相手に聞こえていないようです。",
      en: "People do not seem to hear what is said.",
    },
    cause: {
      ja: "応答した通話の大半が、キーを押さないまま数秒で切られています。片通話（RTP が片方向または両方向で届かない）の典型です。",
      en: "Most who answer hang up within seconds and press nothing, as people do who hear nothing: voice goes one way, or none.",
    },
    remedy: {
      ja: "HONNIN_SIP_HOST がトランクから見えるアドレスか、NAT とファイアウォールで RTP（UDP 10000〜19999）の往復が許可されているかを確認してください。",
      en: "See that HONNIN_SIP_HOST is the address that the trunk sees, and that NAT and firewall let RTP (UDP 10000-19999) go both ways.",
    },
  },
} as const satisfies FindingTable;
