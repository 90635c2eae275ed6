/** The time, given in by whoever wires: epoch milliseconds. Only tests give another than `Date.now`. */
export type Clock = () => number;
