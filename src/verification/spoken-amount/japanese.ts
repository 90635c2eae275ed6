import type { PromptId } from "../prompt-id.js";
import type { Currency } from "../transaction.js";
import { type AmountParts, joined, numberPiece, placesOf, type Unit } from "./parts.js";

const MYRIAD = 10_000;

/** 一億二千三百四十五万六千七百八十九円, as an announcement of a bank says it. */
export function japaneseAmount(parts: AmountParts, currency: Currency): PromptId[] {
  return joined(parts, currency, say);
}

function say(value: number, unit: Unit): PromptId[] {
  const okus = Math.floor(value / MYRIAD ** 2);
  const mans = Math.floor(value / MYRIAD) % MYRIAD;
  return [
    ...scaled(okus, "number-scale-2"),
    ...scaled(mans, "number-scale-1"),
    ...lowest(value % MYRIAD, unit),
  ];
}

/** いっせんまん, いっせんにひゃくまん: before a scale the thousand has its one, so that nobody hears it as a digit less. */
function scaled(group: number, scale: PromptId): PromptId[] {
  if (group === 0) return [];
  const pieces = placesOf(group, [1000, 100]).map((place): PromptId =>
    place === 1000 ? "number-1000-scaled" : numberPiece(place),
  );
  return [...pieces, ...tensAndOnes(group % 100), scale];
}

/** With the currency, which some last digits melt with: よえん, いっセント. */
function lowest(group: number, { name, melted }: Unit): PromptId[] {
  const higher = placesOf(group, [1000, 100]).map(numberPiece);
  const last = group % 100;
  const ones = last % 10;
  const asOne = ones === 0 ? undefined : melted[ones];
  if (asOne !== undefined && !isSaidWhole(last, melted)) {
    return [...higher, ...placesOf(last, [10]).map(numberPiece), asOne];
  }
  const tens = melted[10];
  if (ones === 0 && last > 0 && tens !== undefined) {
    return [...higher, ...(last === 10 ? [] : [numberPiece(last / 10)]), tens];
  }
  return [...higher, ...tensAndOnes(last), name];
}

/** じゅういちドル: the sound does not change, and eleven is one word. */
function isSaidWhole(last: number, melted: Unit["melted"]): boolean {
  return last === 11 && melted[10] === undefined;
}

function tensAndOnes(value: number): PromptId[] {
  return value > 10 && value < 20 ? [numberPiece(value)] : placesOf(value, [10, 1]).map(numberPiece);
}
