import { computed, type ReadonlySignal } from "@preact/signals";
import type { CsvReason } from "../../../src/console/contract/client-enrollments.js";
import { language, texts } from "./text.js";

export const enrollmentsText = texts(
  {
    means: "あらかじめ登録した番号からの着信は、そのつど認証を申し込まなくても、着信だけで認証されます。",
    number: "電話番号",
    id: "登録 ID",
    idHint: "省略すると自動で付きます。英数字と . _ - で64文字まで",
    search: "検索",
    none: "該当する番号登録はありません。",
    dids: "着信番号",
    didsAll: "すべて",
    didsHint: "カンマ区切り。省略すると、使える着信番号すべて",
    pin: "暗証番号",
    pinHint: "4〜10桁の数字。省略すると、着信だけで認証します。",
    hasPin: "あり",
    pinLockedAll: "ロック中",
    pinLockedUnproved: "番号を確認できない着信のみロック中",
    made: "登録日時",
    lastUsed: "最後の認証",
    expires: "有効期限",
    expiresHint: "省略すると無期限",
    add: "番号を登録",
    added: "登録しました。",
    end: "登録を解除",
    endSure: (number: string, id: string) =>
      `${number}（${id}）の登録を解除します。通話中の認証は取り消されます。`,
    wrongNumber: "日本の電話番号を入力してください。フリーダイヤルなどは登録できません。",
    wrongId: "登録 ID に使えない文字があるか、長すぎます。",
    wrongPin: "暗証番号は4〜10桁の数字です。",
    wrongDids: "このクライアントが使える着信番号ではありません。",
    wrongExpiry: "有効期限には、これからの日時を指定してください。",

    file: "CSV の一括取り込み",
    fileMeans:
      "2万行、5 MB まで。文字コードは UTF-8 または Shift_JIS（Excel の「CSV（コンマ区切り）」）です。先頭の行に列名が必要です。",
    fileColumns:
      "電話番号の列は必須です。ほかの列は省略でき、metadata.名前 の列も使えます。列名は 電話番号、登録ID、暗証番号、着信番号、有効期限、言語 でもかまいません。",
    fileChoose: "CSV ファイル",
    fileCheck: "内容を確認",
    fileWrong: (count: number) => `${count}か所に誤りがあります。まだ何も登録していません。`,
    fileFirst: (count: number) => `最初の${count}か所を表示しています。`,
    line: "行",
    reason: "内容",
    wholeFile: "全体",
    fileGood: (total: number, pins: number) =>
      `${total}件を登録できます（うち暗証番号あり${pins}件）。登録済みの番号はそのままにします。`,
    fileStart: "登録を始める",
    fileChecking: (lines: number) => `${lines}行まで読みました。確認を続けています…`,
    fileRunning: (done: number, total: number) => `登録しています（${total}件中${done}件）`,
    fileDone: (created: number, already: number) =>
      `完了しました。新しく登録：${created}件、登録済み：${already}件`,
    fileConflicts: (lines: string) =>
      `次の行は、確認したあとに同じ登録 ID が別の内容で使われたため、登録していません：${lines}`,
    fileFailed: (created: number) =>
      `途中で止まりました（${created}件は登録済み）。同じファイルをもう一度取り込むと、続きから登録します。`,
  },
  {
    means:
      "Calls from an enrolled number are verified by the call itself, without asking for each beforehand.",
    number: "Telephone number",
    id: "Enrollment ID",
    idHint: "Made where it is left out. Letters, digits and . _ - up to 64",
    search: "Search",
    none: "No enrollment fits.",
    dids: "DIDs",
    didsAll: "all",
    didsHint: "Comma-separated; all that serve the client where it is left out",
    pin: "PIN",
    pinHint: "4 to 10 digits. Without one the call alone is enough.",
    hasPin: "yes",
    pinLockedAll: "locked",
    pinLockedUnproved: "locked for callers without proof",
    made: "Enrolled",
    lastUsed: "Last verified",
    expires: "Ends",
    expiresHint: "No end where it is left out",
    add: "Enroll a number",
    added: "Enrolled.",
    end: "End it",
    endSure: (number, id) => `End the enrollment of ${number} (${id})? What its calls have open is canceled.`,
    wrongNumber: "Enter a Japanese telephone number. Toll-free and other special numbers are nobody’s line.",
    wrongId: "The ID has a character that is not taken, or is too long.",
    wrongPin: "A PIN has 4 to 10 digits.",
    wrongDids: "These are not numbers that serve this client.",
    wrongExpiry: "The end has to be in the future.",

    file: "Enroll from a CSV file",
    fileMeans: "Up to 20,000 lines and 5 MB, in UTF-8 or Shift_JIS. The first line names the columns.",
    fileColumns:
      "The column of telephone numbers is needed, the others may be left out; columns metadata.NAME are taken too.",
    fileChoose: "CSV file",
    fileCheck: "Look at it",
    fileWrong: (count) => `${count} things are wrong. Nothing has been enrolled.`,
    fileFirst: (count) => `The first ${count} are shown.`,
    line: "Line",
    reason: "What is wrong",
    wholeFile: "whole file",
    fileGood: (total, pins) =>
      `${total} numbers can be enrolled (${pins} with a PIN). Those that are enrolled already stay as they are.`,
    fileStart: "Enroll them",
    fileChecking: (lines) => `Still looking at it: ${lines} lines so far…`,
    fileRunning: (done, total) => `Enrolling (${done} of ${total})`,
    fileDone: (created, already) => `Done. Newly enrolled: ${created}; enrolled already: ${already}`,
    fileConflicts: (lines) =>
      `These lines were left out, for their ID was used for something else after the file was looked at: ${lines}`,
    fileFailed: (created) =>
      `It stopped on the way (${created} are enrolled). The same file, sent again, goes on from there.`,
  },
);

const WORDS: Readonly<Record<CsvReason, readonly [ja: string, en: string]>> = {
  encoding: ["文字コードが UTF-8 でも Shift_JIS でもありません。", "neither UTF-8 nor Shift_JIS"],
  empty: ["登録する行がありません。", "there is no line to enroll"],
  no_number_column: [
    "先頭の行に電話番号（phone_number）の列名がありません。",
    "the first line names no column phone_number",
  ],
  unknown_column: ["先頭の行に知らない列名があります。", "the first line names a column that is not known"],
  column_twice: ["同じ列名が2つあります。", "a column is named twice"],
  too_many_lines: ["2万行を超えています。", "more than 20,000 lines"],
  quote_open: ['引用符（"）が閉じていません。', "a quote is never closed"],
  quote_wrong: ['引用符（"）の使い方が正しくありません。', "a quote stands where none may"],
  line_too_long: [
    '行が長すぎます。引用符（"）が閉じていない可能性があります。',
    "the line is too long; perhaps a quote is never closed",
  ],
  no_did: ["着信番号（HONNIN_DIDS）が設定されていません。", "no DIDs are configured (HONNIN_DIDS)"],
  too_many_today: ["1日の登録数の上限を超えます。", "more than may be registered in a day"],
  too_many_enrollments: ["番号登録の数の上限を超えます。", "more enrollments than the client may have"],
  columns_differ: ["列の数が先頭の行と違います。", "not as many columns as the first line has"],
  formula: ["数式になる値（= や @ で始まる値など）があります。", "a value is a formula to a spreadsheet"],
  number_missing: ["電話番号がありません。", "there is no telephone number"],
  number_invalid: ["電話番号が正しくありません。", "no such telephone number"],
  number_special: [
    "フリーダイヤルなど、発信元になり得ない番号です。",
    "a special number, which calls nobody",
  ],
  number_twice: ["同じ電話番号が前の行にあります。", "an earlier line has the same number"],
  id_invalid: ["登録 ID に使えない文字があるか、長すぎます。", "the ID is not 1 to 64 of A-Z a-z 0-9 . _ -"],
  id_twice: ["同じ登録 ID が前の行にあります。", "an earlier line has the same ID"],
  id_taken: ["登録 ID が別の内容で使われています。", "the ID is used for something else"],
  pin_invalid: ["暗証番号は4〜10桁の数字です。", "a PIN has 4 to 10 digits"],
  dids_unknown: ["クライアントが使える着信番号ではありません。", "not a DID that serves the client"],
  expiry_invalid: ["有効期限が日付として読めません。", "the end is no date"],
  expiry_past: ["有効期限が過ぎています。", "the end is in the past"],
  locale_unknown: ["言語は ja または en です。", "the language is ja or en"],
  metadata_invalid: [
    "metadata の値が多すぎるか、長すぎます。",
    "too many values of metadata, or too long ones",
  ],
  not_permitted: [
    "クライアントの設定（methods、directions）で許可されていません。",
    "the settings of the client (methods, directions) do not permit it",
  ],
};

/** What is wrong with a file or a line of it, in words. */
export const CSV_FAULTS: ReadonlySignal<Readonly<Record<CsvReason, string>>> = computed(() => {
  const nth = language.value === "ja" ? 0 : 1;
  return Object.fromEntries(Object.entries(WORDS).map(([reason, both]) => [reason, both[nth]])) as Record<
    CsvReason,
    string
  >;
});
