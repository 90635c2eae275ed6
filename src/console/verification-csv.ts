import type { VerificationInShort } from "./contract/verifications.js";

type Language = "ja" | "en";

/** The columns, with what stands above them. What is in them are the words of the API, in every language. */
const COLUMNS: readonly (readonly [
  heads: Readonly<Record<Language, string>>,
  cell: (one: VerificationInShort, local: (at: string | null) => string) => string,
])[] = [
  [{ ja: "登録日時", en: "Registered" }, ({ created_at }, local) => local(created_at)],
  [{ ja: "終了日時", en: "Ended" }, ({ completed_at }, local) => local(completed_at)],
  [{ ja: "クライアントID", en: "Client id" }, ({ client }) => client.id],
  [{ ja: "クライアント名", en: "Client name" }, ({ client }) => client.name],
  [{ ja: "認証ID", en: "Verification id" }, ({ id }) => id],
  [{ ja: "電話番号", en: "Telephone number" }, ({ number }) => number],
  [{ ja: "状態", en: "Status" }, ({ status }) => status],
  [{ ja: "失敗の理由", en: "Reason" }, ({ reason }) => reason ?? ""],
  [{ ja: "発信・着信", en: "Direction" }, ({ direction }) => direction],
  [{ ja: "経路", en: "Channel" }, ({ channel }) => channel],
  [{ ja: "認証方法", en: "Method" }, ({ method }) => method],
];

/** How verifications are written for spreadsheets: times in the zone of whoever asks, which their heads name. */
export class VerificationCsv {
  readonly head: readonly string[];
  readonly #clock: Intl.DateTimeFormat;

  /** @throws {RangeError} where there is no such zone. */
  constructor(language: Language, timeZone: string) {
    // Sweden writes 2026-11-27 15:00:00, which every spreadsheet takes for a time.
    this.#clock = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
    this.head = COLUMNS.map(([heads], nth) =>
      nth < 2 ? `${heads[language]} (${timeZone})` : heads[language],
    );
  }

  row(one: VerificationInShort): string[] {
    return COLUMNS.map(([, cell]) =>
      cell(one, (at) => (at === null ? "" : this.#clock.format(new Date(at)))),
    );
  }
}
