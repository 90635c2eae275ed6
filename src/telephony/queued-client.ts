import type { Pacing } from "../pacing.js";
import type { Hold } from "./hold.js";

/** A client with calls in a queue. */
export interface QueuedClient<Call> {
  /** First come first served, in order of `since`. */
  readonly waiting: Call[];
  inProgress: number;
  maxCalls: number;
  callsPerMinute: number;
  pacing: Pacing;
  /** Whether other nodes leave it room. */
  readonly hold: Hold;
}

export function mayBegin({ waiting, inProgress, maxCalls }: QueuedClient<unknown>): boolean {
  return waiting.length > 0 && inProgress < maxCalls;
}

/** Milliseconds until its limits let it have another. */
export function ownWait({ pacing, hold }: QueuedClient<unknown>, now: number): number {
  return Math.max(pacing.wait(now), hold.wait(now));
}

export function leastOf<Call>({ waiting }: QueuedClient<Call>, lineIn: (call: Call) => number): number {
  let least = Infinity;
  for (const call of waiting) {
    least = Math.min(least, lineIn(call));
    if (least === 0) break;
  }
  return least;
}

/** The places of the first that may go. */
export function firstOf<Call>(
  waiting: readonly Call[],
  mayGo: (call: Call) => boolean,
  most: number,
): number[] {
  const places: number[] = [];
  for (const [place, call] of waiting.entries()) {
    if (mayGo(call)) places.push(place);
    if (places.length === most) break;
  }
  return places;
}
