/** Answers that an operator reads on their own; others by their class, so that a trunk cannot make up a thousand series. */
const TOLD = [
  ...[401, 403, 404, 407, 408, 410, 480, 481, 484, 486, 487, 488],
  ...[500, 501, 502, 503, 504, 600, 603, 604, 607, 608],
];

/** A final SIP answer as a label: `486`, `4xx`. */
export function sipWord(status: number): string {
  return TOLD.includes(status) ? String(status) : `${String(Math.floor(status / 100))}xx`;
}
