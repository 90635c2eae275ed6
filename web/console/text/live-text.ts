import { texts } from "./text.js";

/** Words for what happens on calls, on every page that shows it as it happens. */
export const liveText = texts(
  {
    phase_queued: "待機中",
    phase_placed: "発信中",
    phase_arrived: "着信",
    phase_ringing: "呼び出し中",
    phase_answered: "応答",
    phase_speaking: "案内の再生中",
    phase_listening: "入力待ち",
    phase_ended: "終了",

    wait_line: "回線が空くのを待っています",
    wait_turn: "順番を待っています",
    wait_number: "同じ番号への通話が終わるのを待っています",
    wait_pause: "再発信までの間隔を空けています",
    wait_link: "Asterisk への再接続を待っています",
    wait_service: "サービスが発信を行っていません",

    verdict_verified: "認証成功",
    verdict_wrong: "コードの誤り",
    verdict_failed: "認証失敗",
    verdict_barred: "入力の受付停止",
    verdict_closed: "認証は終了済み",
    triesLeft: (count: number) => `残り${count}回`,

    open: "未完了",
    because: (status: string, reason: string) => `${status}（${reason}）`,
    keys: (count: number) => `入力：${count}桁`,
  },
  {
    phase_queued: "waiting",
    phase_placed: "dialling",
    phase_arrived: "coming in",
    phase_ringing: "ringing",
    phase_answered: "answered",
    phase_speaking: "speaking",
    phase_listening: "listening",
    phase_ended: "ended",

    wait_line: "waits for a free line",
    wait_turn: "waits for its turn",
    wait_number: "waits for another call to this number to end",
    wait_pause: "waits for the pause before the redial",
    wait_link: "waits for the link to Asterisk",
    wait_service: "the service places no calls now",

    verdict_verified: "verified",
    verdict_wrong: "wrong code",
    verdict_failed: "failed",
    verdict_barred: "entries are not taken",
    verdict_closed: "had ended already",
    triesLeft: (count) => (count === 1 ? "1 try left" : `${count} tries left`),

    open: "open",
    because: (status, reason) => `${status} (${reason})`,
    keys: (count) => `${count} keyed`,
  },
);
