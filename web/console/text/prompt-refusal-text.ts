import { computed } from "@preact/signals";
import type { PromptRefusalCode } from "../../../src/prompts/prompt-refusal.js";
import { language } from "./text.js";

const WORDS: Readonly<Record<PromptRefusalCode, readonly [ja: string, en: string]>> = {
  unknown_prompt: ["その案内はありません。", "There is no such prompt."],
  unknown_locale: ["その言語の案内はありません。", "There are no prompts in this language."],
  path_in_name: ["ファイル名にパスは使えません。", "The name of the file must not hold a path."],
  prompt_is_silence: ["無音の案内は差し替えられません。", "A silence has no sound to replace."],
  prompt_is_fixed: [
    "Asterisk が単独で流す案内なので、差し替えられません。",
    "Asterisk plays this prompt by itself; it cannot be replaced.",
  ],
  file_unreadable: ["ファイルを読めませんでした。", "The file could not be read."],
  file_too_large: ["ファイルが大きすぎます（20 MB まで）。", "The file is too large (up to 20 MB)."],
  not_audio: [
    "音声として読めません。ファイルが壊れているか、対応していない形式です。WAV、MP3、M4A、Ogg、FLAC を使ってください。",
    "It is no sound that can be read: damaged, or of another format. WAV, MP3, M4A, Ogg and FLAC can be read.",
  ],
  too_long: ["音声が長すぎます（60秒まで）。", "The sound is too long (up to 60 seconds)."],
  too_short: [
    "音声が短すぎます。前後の無音を除いて0.2秒以上必要です。",
    "The sound is too short: without the silence around it, 0.2 seconds are the least.",
  ],
  silent: [
    "無音か、声が小さすぎます。マイクに近づいて録音し直してください。",
    "It is silent, or too soft. Record it again, closer to the microphone.",
  ],
  clipped: [
    "音が割れています。入力の音量を下げて録音し直してください。",
    "It is too loud, and distorted by it. Turn the input down and record it again.",
  ],
  text_invalid: [
    "文面は1行で、1〜500文字にしてください。",
    "A text has 1 to 500 characters, all in one line.",
  ],
  text_lacks_piece: [
    "文面に、必ず伝える言葉が入っていません。",
    "The text lacks something that it has to say.",
  ],
  speech_program_missing: [
    "音声合成のプログラムがサーバーにありません。",
    "There is no voice program on the server.",
  ],
  no_such_version: ["その版はありません。", "There is no such version."],
  nothing_older: ["これより前の版はありません。", "There is no older version."],
  sound_missing: ["音声ファイルがないか、変更されています。", "The sound file is missing, or was altered."],
  archive_invalid: ["アーカイブが正しくありません。", "The archive is not right."],
  archive_too_large: ["アーカイブが大きすぎます。", "The archive is too large."],
  nothing_to_export: ["書き出すものがありません。", "There is nothing to export."],
  by_invalid: ["利用者名が正しくありません。", "The name of the user is not right."],
};

const words = computed(() => {
  const nth = language.value === "ja" ? 0 : 1;
  return (code: PromptRefusalCode): string => WORDS[code][nth];
});

/** Why something about a prompt was refused, in words. */
export function promptRefusalText(code: PromptRefusalCode | undefined): string {
  return words.value(code ?? "not_audio");
}
