/** What became of keys on their way. */
export interface KeyFaults {
  readonly sent: number;
  readonly lost: number;
  /** Heard once more than pressed, right after itself. */
  readonly doubled: number;
  /** Heard as another key, or out of nothing. */
  readonly wrong: number;
}

/** Compares by the fewest faults that make `heard` out of `pressed` (edit distance), and says which they are. */
export function keyFaults(pressed: string, heard: string): KeyFaults {
  const costs = distances(pressed, heard);
  const cost = (i: number, j: number): number => costs[i]?.[j] ?? Infinity;
  let [i, j] = [pressed.length, heard.length];
  let [lost, doubled, wrong] = [0, 0, 0];
  while (i > 0 || j > 0) {
    const same = pressed[i - 1] === heard[j - 1];
    if (i > 0 && j > 0 && cost(i, j) === cost(i - 1, j - 1) + (same ? 0 : 1)) {
      if (!same) wrong += 1;
      i -= 1;
      j -= 1;
    } else if (i > 0 && cost(i, j) === cost(i - 1, j) + 1) {
      lost += 1;
      i -= 1;
    } else {
      const twin = heard[j - 1] === heard[j - 2] || heard[j - 1] === heard[j];
      if (twin) doubled += 1;
      else wrong += 1;
      j -= 1;
    }
  }
  return { sent: pressed.length, lost, doubled, wrong };
}

export function sumOfFaults(all: readonly KeyFaults[]): KeyFaults {
  const sum = { sent: 0, lost: 0, doubled: 0, wrong: 0 };
  for (const faults of all) {
    sum.sent += faults.sent;
    sum.lost += faults.lost;
    sum.doubled += faults.doubled;
    sum.wrong += faults.wrong;
  }
  return sum;
}

/** costs[i][j]: the fewest faults between the first i keys pressed and the first j heard. */
function distances(pressed: string, heard: string): number[][] {
  const costs = [Array.from({ length: heard.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= pressed.length; i += 1) {
    const above = costs[i - 1] ?? [];
    const row = [i];
    for (let j = 1; j <= heard.length; j += 1) {
      const swap = (above[j - 1] ?? 0) + (pressed[i - 1] === heard[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    costs.push(row);
  }
  return costs;
}
