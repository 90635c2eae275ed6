import type { PromptId } from "../prompt-id.js";
import type { Currency } from "../transaction.js";
import { type AmountParts, joined, numberPiece, placesOf, type Unit } from "./parts.js";

const SCALES = [
  [1_000_000_000, "number-scale-3"],
  [1_000_000, "number-scale-2"],
  [1000, "number-scale-1"],
] as const;

/** One hundred twenty-three thousand four hundred fifty-six dollars seven cents: without "and". */
export function englishAmount(parts: AmountParts, currency: Currency): PromptId[] {
  return joined(parts, currency, say);
}

function say(value: number, unit: Unit): PromptId[] {
  return [
    ...SCALES.flatMap(([scale, name]) => scaled(Math.floor(value / scale) % 1000, scale, name)),
    ...lowest(value, unit),
  ];
}

function scaled(group: number, scale: number, name: PromptId): PromptId[] {
  if (group === 0) return [];
  // One word, and spoken as one.
  if (scale === 1000 && group < 10) return [numberPiece(group * scale)];
  return [...belowThousand(group), name];
}

/** With the currency: `one dollar`, `eight cents`. */
function lowest(value: number, { name, melted }: Unit): PromptId[] {
  const alone = melted[value];
  if (alone !== undefined) return [alone];
  const group = value % 1000;
  const ones = group % 10;
  // What ends in one is more than one: twenty-one dollars.
  const asOne = ones === 1 || isTeen(group) ? undefined : melted[ones];
  if (asOne !== undefined) return [...placesOf(group, [100, 10]).map(numberPiece), asOne];
  return [...belowThousand(group), name];
}

function isTeen(group: number): boolean {
  return group % 100 >= 10 && group % 100 < 20;
}

function belowThousand(group: number): PromptId[] {
  const below = group % 100;
  const rest = isTeen(group) ? [numberPiece(below)] : placesOf(below, [10, 1]).map(numberPiece);
  return [...placesOf(group, [100]).map(numberPiece), ...rest];
}
