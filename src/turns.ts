/**
 * When calls may leave by a trunk, so that whoever counts their INVITEs at the carrier finds in no second more than its
 * rate, whichever nodes they are from.
 *
 * Turns are evenly apart: of one more than the rate the last is `1000 + LATE_MS + WAY_MS` milliseconds behind the first.
 * An INVITE leaves at its turn, never before, and up to {@link LATE_MS} after it; who comes later than that gives his
 * turn up and takes another. From there to the carrier, Asterisk and the network take their time, and clocks of nodes
 * differ: what that differs between two calls is {@link WAY_MS} at most. So if the first is as late as can be and the
 * last as early, there is more than a second between them still.
 *
 * Where Asterisk does not answer within {@link WAY_MS} what it was asked to dial, that one may leave at any time: no
 * other of this node does before it has answered, and then one turn is left empty for the one that was late.
 *
 * Turns that were missed are lost: catching up would have two of them in the place of one.
 */

/** As late after its turn may a call leave, milliseconds. */
export const LATE_MS = 25;
/** What the ways of two calls from a node's word to the carrier's clock may differ, with the nodes' clocks, milliseconds. */
export const WAY_MS = 75;
/** A turn further ahead is not taken, milliseconds: the call stays due, and any node may begin it when its turn is near. */
export const HORIZON_MS = 500;
/** No turn is further ahead than this and an interval, unless the clock was set back, milliseconds. */
const FURTHEST_MS = 10_000;

export interface Turn {
  /** Epoch milliseconds, with a fraction. */
  readonly at: number;
  /** The next is not before then. */
  readonly next: number;
}

/**
 * From one turn to the next, milliseconds.
 *
 * @param perSecond a fraction of one beyond a whole number is of no use: three calls in a second are more than 2.5.
 */
export function turnInterval(perSecond: number): number {
  const spareMs = LATE_MS + WAY_MS;
  return perSecond < 1 ? 1000 / perSecond + spareMs : (1000 + spareMs) / Math.floor(perSecond);
}

/**
 * The first turn that is free.
 *
 * @param next before which there is none any more, as the last one that was taken has left it.
 * @param leadMs how far ahead it is at least: so long it takes to be there.
 */
export function turnAfter(next: number, now: number, intervalMs: number, leadMs = 0): Turn {
  // Or nobody would be called until the clock has caught up.
  const free = next > now + FURTHEST_MS + intervalMs ? now + intervalMs : next;
  const at = Math.max(now + leadMs, free);
  return { at, next: at + intervalMs };
}

/** Several turns at one time. */
export type Turns =
  | {
      readonly kind: "taken";
      /** Epoch milliseconds, with a fraction, in order; one at least. */
      readonly at: readonly number[];
      /** The next is not before then. */
      readonly next: number;
    }
  /** The first is further ahead than {@link HORIZON_MS}: it is taken when it is near, by whoever asks first then. */
  | { readonly kind: "later"; readonly inMs: number };

/**
 * As many turns as are wanted and near.
 *
 * @param next see {@link turnAfter}.
 */
export function turnsAfter(
  next: number,
  now: number,
  intervalMs: number,
  { most, leadMs }: { readonly most: number; readonly leadMs: number },
): Turns {
  const { at: first } = turnAfter(next, now, intervalMs, leadMs);
  const horizon = now + leadMs + HORIZON_MS;
  if (first > horizon) return { kind: "later", inMs: Math.ceil(first - horizon) };
  const near = Math.min(most, 1 + Math.floor((horizon - first) / intervalMs));
  return {
    kind: "taken",
    at: Array.from({ length: near }, (_, nth) => first + nth * intervalMs),
    next: first + near * intervalMs,
  };
}
