import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { readCatalogue } from "../../src/prompts/prompts-yaml.js";
import type { Locale } from "../../src/verification/prompt-id.js";
import { spokenAmount } from "../../src/verification/spoken-amount/spoken-amount.js";
import { canonicalAmount, CURRENCIES, type Currency, MOST } from "../../src/verification/transaction.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { SPOKEN_EN } from "./spoken-amounts-en.js";
import { SPOKEN_JA } from "./spoken-amounts-ja.js";

const TEXTS = { ja: textsOf("ja"), en: textsOf("en") };

/** What the recordings say, by the catalogue that they were made from. */
function textsOf(locale: Locale): ReadonlyMap<string, string> {
  const { prompts } = readCatalogue(path.join(PROJECT_DIR, "sounds"), locale);
  return new Map(prompts.flatMap((one) => (one.kind === "silence" ? [] : [[one.id, one.text]])));
}

function heard(amount: string, currency: Currency, locale: Locale): string {
  const words = spokenAmount(amount, currency, locale).map((id) => TEXTS[locale].get(id) ?? `(${id})`);
  return words.join(locale === "ja" ? "" : " ").toLowerCase();
}

function rowsOf(table: string): { amount: string; currency: Currency; said: string }[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [, amount = "", word, said = ""] = /^(\S+) (\S+) (.+)$/.exec(line) ?? [];
      const currency = CURRENCIES.find((known) => known === word);
      if (currency === undefined) throw new Error(`no currency in ${line}`);
      return { amount, currency, said: said.toLowerCase() };
    });
}

const UNITS: Readonly<Record<string, number>> = { 千: 1000, 百: 100, 十: 10 };

/** Kana back to the digits that they name: sounds are undone first, then it is read as numerals are. */
function readKana(kana: string): number {
  const numerals = kana
    .replaceAll("さんぜん", "三千")
    .replaceAll("はっせん", "八千")
    .replaceAll("いっせん", "一千")
    .replaceAll("せん", "千")
    .replaceAll("さんびゃく", "三百")
    .replaceAll("ろっぴゃく", "六百")
    .replaceAll("はっぴゃく", "八百")
    .replaceAll("ひゃく", "百")
    .replaceAll("きゅう", "九")
    .replaceAll("じゅう", "十")
    .replaceAll("いち", "一")
    .replaceAll("よん", "四")
    .replaceAll("さん", "三")
    .replaceAll("ろく", "六")
    .replaceAll("なな", "七")
    .replaceAll("はち", "八")
    .replaceAll(/よ$/g, "四")
    .replaceAll("ご", "五")
    .replaceAll("に", "二");
  const [, okus = "", mans = "", rest = ""] = /^(?:(.+)おく)?(?:(.+)まん)?(.*)$/.exec(numerals) ?? [];
  return [okus, mans, rest].reduce((sum, group) => sum * 10_000 + readGroup(group), 0);
}

function readGroup(group: string): number {
  let sum = 0;
  let digit = 0;
  for (const numeral of group) {
    const unit = UNITS[numeral];
    const value = "一二三四五六七八九".indexOf(numeral) + 1;
    if (unit === undefined && value === 0) throw new Error(`${numeral} in ${group} is no numeral`);
    if (unit === undefined) digit = value;
    else {
      sum += (digit === 0 ? 1 : digit) * unit;
      digit = 0;
    }
  }
  return sum + digit;
}

const ENGLISH = [
  ..."zero one two three four five six seven eight nine ten eleven twelve thirteen".split(" "),
  ..."fourteen fifteen sixteen seventeen eighteen nineteen".split(" "),
];
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9 };

function readEnglish(words: string): number {
  let sum = 0;
  let group = 0;
  for (const word of words.split(" ")) {
    const scale = SCALES[word];
    if (scale !== undefined) {
      sum += group * scale;
      group = 0;
    } else if (word === "hundred") group *= 100;
    else if (TENS.includes(word)) group += 20 + 10 * TENS.indexOf(word);
    else if (ENGLISH.includes(word)) group += ENGLISH.indexOf(word);
    else throw new Error(`${word} is no number`);
  }
  return sum + group;
}

describe("an amount as it is spoken", () => {
  for (const [locale, table] of [["ja", SPOKEN_JA] as const, ["en", SPOKEN_EN] as const]) {
    const rows = rowsOf(table);

    it(`is that of ${String(rows.length)} amounts written down by hand (${locale})`, () => {
      expect(rows.length).to.be.at.least(200);
      const wrong = rows.filter(({ amount, currency, said }) => heard(amount, currency, locale) !== said);
      expect(
        wrong.map((row) => [row.amount, heard(row.amount, row.currency, locale), row.said]),
      ).to.deep.equal([]);
    });
  }

  // Of each length equally often: most of all numbers are long.
  const amount = fc
    .integer({ min: 1, max: 12 })
    .chain((length) => fc.integer({ min: 10 ** (length - 1), max: Math.min(10 ** length - 1, MOST) }));

  it("is read back as the same number from its kana", () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(readKana(heard(String(value), "JPY", "ja").replace(/えん$/, ""))).to.equal(value);
      }),
      { numRuns: 3000 },
    );
  });

  it("is read back as the same number from its English words", () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(readEnglish(heard(String(value), "JPY", "en").replace(/ yen$/, ""))).to.equal(value);
      }),
      { numRuns: 3000 },
    );
  });

  it("says cents that are read back, in every currency that has them", () => {
    for (const currency of ["USD", "EUR"] as const) {
      for (let cents = 1; cents < 100; cents += 1) {
        const text = `0.${String(cents).padStart(2, "0")}`;
        expect(readEnglish(heard(text, currency, "en").replace(/ cents?$/, ""))).to.equal(cents);
        const kana = heard(text, currency, "ja").replace(/セント$/, "");
        const unmelted = kana
          .replace(/いっ$/, "いち")
          .replace(/はっ$/, "はち")
          .replace(/じゅっ$/, "じゅう");
        expect(readKana(unmelted)).to.equal(cents);
      }
    }
  });
});

describe("the one spelling of an amount", () => {
  it("is the same for what means the same", () => {
    expect(canonicalAmount("12000", "JPY")).to.equal("12000");
    expect(canonicalAmount("12", "USD")).to.equal("12.00");
    expect(canonicalAmount("12.50", "EUR")).to.equal("12.50");
    expect(canonicalAmount("0.01", "USD")).to.equal("0.01");
    expect(canonicalAmount("999999999999", "JPY")).to.equal("999999999999");
  });

  it("is none for what is no amount", () => {
    for (const bad of [
      "0",
      "",
      "-1",
      "+1",
      "1e3",
      "01",
      "1.5",
      "1.",
      ".5",
      "1,000",
      " 1",
      "１",
      "1000000000000",
    ]) {
      for (const currency of CURRENCIES) expect(canonicalAmount(bad, currency), bad).to.equal(null);
    }
    expect(canonicalAmount("1.00", "JPY")).to.equal(null);
    expect(canonicalAmount("0.00", "USD")).to.equal(null);
  });
});
