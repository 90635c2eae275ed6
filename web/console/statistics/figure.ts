/** How one kind of thing went over time. */
export interface Series {
  /** Its colour in the sheet: `ink-…`. */
  readonly ink: string;
  readonly label: string;
  /** One for each point; null: there is none. */
  readonly values: readonly (number | null)[];
  /** What the list of verifications is asked for, besides the time. */
  readonly filter: Readonly<Record<string, string>>;
}

/** What a plot and its table are made of. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  /** Bars: one upon the other, and together a whole. */
  readonly kind: "bars" | "lines";
  readonly series: readonly Series[];
  /** A line that is not to be crossed; it is shown at whatever height. */
  readonly limit: { readonly label: string; readonly value: number } | null;
  readonly format: (value: number) => string;
}

/** The sums of the first, the first two … of series, at each point: where the bars end that stand on one another. */
export function stacked(series: readonly Series[]): number[][] {
  const sums: number[][] = [];
  for (const { values } of series) {
    const below = sums.at(-1);
    sums.push(values.map((value, nth) => (value ?? 0) + (below?.[nth] ?? 0)));
  }
  return sums;
}
