import type { LineType } from "./phone-number.js";

/** What an answered call costs, in thousandths of a yen: carriers charge fractions of one. */
export interface CallPrice {
  /** For the answer alone. */
  readonly perCall: number;
  /** For each step of time that has begun. */
  readonly perStep: number;
  /** How long a step is; in Japan a second, a minute or three minutes. */
  readonly stepSeconds: number;
}

export type CallPrices = Readonly<Record<LineType, CallPrice>>;

/** What a call costs that was answered for so long; a call of no time has begun its first step. */
export function costOfCall({ perCall, perStep, stepSeconds }: CallPrice, milliseconds: number): number {
  return perCall + perStep * Math.max(1, Math.ceil(milliseconds / (stepSeconds * 1000)));
}
