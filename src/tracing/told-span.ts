/** A piece of time in which something was done, as it is told to whoever collects traces. */
export interface ToldSpan {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly moments: readonly Moment[];
  readonly parts: readonly ToldSpan[];
}

export interface Moment {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}
