/** Why something about prompts was refused: the code is stable, the Japanese is for the person at the terminal. */
const JAPANESE = {
  unknown_prompt: "その ID の案内はありません。`honnin prompts list` で一覧できます。",
  unknown_locale: "言語は ja か en です。",
  path_in_name: "名前にパスは使えません。",
  prompt_is_silence: "無音の案内に、音声や文面はありません。",
  prompt_is_fixed: "Honnin が応答できないときに Asterisk が流す案内なので、変更できません。",
  file_unreadable: "ファイルを読めません。",
  file_too_large: "ファイルが大きすぎます。",
  not_audio: "音声ファイルとして読めません。WAV、MP3、M4A、Ogg、FLAC を使ってください。",
  too_long: "音声が長すぎます。",
  too_short: "音声が短すぎます。",
  silent: "音声が無音か、小さすぎます。",
  clipped: "音が割れています。入力レベルを下げて録音し直してください。",
  text_invalid: "文面が正しくありません。",
  text_lacks_piece: "文面に必要な言葉がありません。",
  speech_program_missing: "音声合成に必要なプログラムがありません。",
  no_such_version: "その版はありません。",
  nothing_older: "これより前の版はありません。",
  sound_missing: "音声ファイルがないか、変更されています。",
  archive_invalid: "アーカイブが正しくありません。何も変更していません。",
  archive_too_large: "アーカイブが大きすぎます。何も変更していません。",
  nothing_to_export: "書き出すものがありません。",
  by_invalid: "名前は 1〜64 文字で、制御文字は使えません。",
} as const;

export type PromptRefusalCode = keyof typeof JAPANESE;
export const PROMPT_REFUSALS = Object.keys(JAPANESE) as [PromptRefusalCode, ...PromptRefusalCode[]];

/** What was asked cannot be done, and nothing was changed. The message: English, the code, a line of Japanese. */
export class PromptRefusal extends Error {
  readonly code: PromptRefusalCode;
  /** The English alone. */
  readonly reason: string;

  constructor(code: PromptRefusalCode, reason: string) {
    super(`${reason} [${code}]\n${JAPANESE[code]}`);
    this.name = "PromptRefusal";
    this.code = code;
    this.reason = reason;
  }
}
