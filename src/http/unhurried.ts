import type { IncomingMessage } from "node:http";

/** Longer than anything that waits for its turn. */
const ANSWERED_WITHIN_MS = 600_000;

/**
 * The answer to this request takes its time, for others are before it: a connection on which nothing is heard for a minute
 * is cut else, and who asked is told of a failure though the work goes on.
 */
export function unhurried(request: IncomingMessage): void {
  request.setTimeout(ANSWERED_WITHIN_MS);
}
