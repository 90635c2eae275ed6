/** From when to when something lasted, epoch milliseconds. */
export type Stretch = readonly [from: number, to: number];

/**
 * How many lasted at the same time at the most, in each step of a span. One that ends in the moment in which another
 * begins is not there with it. One that ended before it began, by a clock that was set back, is left out.
 */
export function mostAtOnce(
  stretches: readonly Stretch[],
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
): number[] {
  const most = Array.from({ length: Math.ceil((to - from) / step) }, () => 0);
  const within = stretches.filter(([begin, end]) => end > begin && begin < to && end > from);
  const begins = Float64Array.from(within, ([begin]) => Math.max(begin, from)).sort();
  const ends = Float64Array.from(within, ([, end]) => end).sort();
  let nth = 0;
  let atOnce = 0;
  const enter = (isThere: (turn: number) => boolean): void => {
    while (nth + 1 < most.length && isThere(from + (nth + 1) * step)) {
      nth += 1;
      most[nth] = atOnce;
    }
  };
  let begun = 0;
  let ended = 0;
  while (ended < ends.length) {
    const end = ends[ended] ?? to;
    const begin = begins[begun] ?? Infinity;
    if (end <= begin) {
      enter((turn) => turn < end);
      ended += 1;
      atOnce -= 1;
    } else {
      enter((turn) => turn <= begin);
      begun += 1;
      atOnce += 1;
      most[nth] = Math.max(most[nth] ?? 0, atOnce);
    }
  }
  return most;
}
