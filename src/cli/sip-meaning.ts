import { type Both, inLanguage } from "../console/words/language.js";
import { sipWords } from "../console/words/telephony-words.js";
import type { ToldSip } from "../asterisk/told-sip.js";
import type { Language } from "./both.js";

/** What a request wants, from us and from the trunk. */
const REQUESTS: Readonly<Record<string, readonly [ours: Both, theirs: Both]>> = {
  INVITE: [
    ["発信を依頼します", "we ask for the call"],
    ["トランクが通話の変更を求めます", "the trunk wants the call changed"],
  ],
  ACK: [
    ["応答を受け取ったことを知らせます", "we have the answer"],
    ["応答が届いたことを知らせています", "the trunk has the answer"],
  ],
  BYE: [
    ["本システムが電話を切ります", "we hang up"],
    ["相手が電話を切りました", "the other side hangs up"],
  ],
  CANCEL: [
    ["呼び出しをやめます", "we stop the ringing"],
    ["相手が呼び出しをやめました", "the other side stops the ringing"],
  ],
  OPTIONS: [
    ["トランクに応答できるか尋ねます", "we ask whether the trunk is there"],
    ["トランクが応答できるか尋ねています", "the trunk asks whether we are there"],
  ],
  REGISTER: [
    ["トランクに登録します", "we register at the trunk"],
    ["登録の要求です", "a registration"],
  ],
  PRACK: [
    ["途中の応答を受け取ったことを知らせます", "we have the interim answer"],
    ["途中の応答が届いたことを知らせています", "the trunk has the interim answer"],
  ],
  UPDATE: [
    ["通話の条件を変えます", "we change the terms of the call"],
    ["トランクが通話の条件を変えます", "the trunk changes the terms of the call"],
  ],
  INFO: [
    ["通話中の情報を送ります", "we tell something during the call"],
    ["通話中の情報（キー操作など）が届きました", "something comes during the call, a key perhaps"],
  ],
};

const UNREGISTER: readonly [ours: Both, theirs: Both] = [
  ["登録をいったん取り消します", "we take our registration back"],
  ["登録の取り消しです", "a registration is taken back"],
];

/** What an answer means whatever it answers. */
const ANSWERS: Readonly<Record<number, Both>> = {
  100: ["受け付けました。処理中です", "taken, and being worked on"],
  180: ["呼び出し中です", "the telephone rings"],
  181: ["転送されています", "the call is being forwarded"],
  182: ["順番を待っています", "the call waits for its turn"],
  183: ["途中の音声（呼び出し音や案内）があります", "sound before the answer: ring-back or an announcement"],
};

const OK: Readonly<Record<string, Both>> = {
  INVITE: ["応答しました", "somebody has answered"],
  BYE: ["切断を確認しました", "the end is confirmed"],
  CANCEL: ["中止を受け付けました", "the stop is taken"],
  REGISTER: ["登録されました", "registered"],
  OPTIONS: ["トランクは応答できます", "the trunk is there"],
};

/** A line of a SIP conversation in words; empty where it needs none. */
export function sipMeaning(told: ToldSip, language: Language): string {
  const { method, status, ours } = told;
  const say = (both: Both): string => inLanguage(both, language);
  if (status === null) {
    const words = told.unregisters ? UNREGISTER : REQUESTS[method];
    return words === undefined ? "" : say(words[ours ? 0 : 1]);
  }
  const interim = ANSWERS[status];
  if (interim !== undefined) return say(interim);
  if (status < 300) return say(OK[method] ?? ["受け付けました", "taken"]);
  if (status === 401 || status === 407) {
    return language === "ja"
      ? "ユーザー名とパスワードによる証明を求めています"
      : "a proof by user and password is wanted";
  }
  return sipWords(status, language);
}

/** What stands in a message that tells why, or how: each a line of its own. */
export function sipDetails({ reasons, wanted, codecs }: ToldSip, language: Language): readonly string[] {
  const label = language === "ja" ? "音声の方式" : "codecs";
  return [
    ...reasons,
    ...wanted,
    ...(codecs === null || codecs.length === 0 ? [] : [`${label}: ${codecs.join(", ")}`]),
  ];
}
