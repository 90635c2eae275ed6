/** How many are followed; addresses of UDP are made up as easily as anything. */
const FOLLOWED = 64;

/**
 * Who sends most, in memory of a fixed size however many there are: the counters of "space saving" (Metwally, Agrawal,
 * El Abbadi 2005). Whoever sends more than a sixty-fourth of all is among those followed, and his count is never too
 * small.
 */
export class TopSources {
  readonly #counts = new Map<string, number>();

  count(source: string): void {
    let before = this.#counts.get(source);
    if (before === undefined && this.#counts.size >= FOLLOWED) {
      const [least, count] = [...this.#counts].reduce((a, b) => (b[1] < a[1] ? b : a));
      this.#counts.delete(least);
      before = count;
    }
    this.#counts.set(source, (before ?? 0) + 1);
  }

  get top(): { readonly source: string; readonly count: number } | undefined {
    let top: { readonly source: string; readonly count: number } | undefined;
    for (const [source, count] of this.#counts) {
      if (count > (top?.count ?? 0)) top = { source, count };
    }
    return top;
  }
}
