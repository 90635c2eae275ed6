import type { Channel } from "./request-terms.js";

/** One way to tell the code, and how long it has before the next one begins. */
export interface Leg {
  readonly channel: Channel;
  /** Counted from when the message was handed over, or from the end of the call that read the code. */
  readonly seconds: number;
}

/** The ways in their order; never empty. */
export type Chain = readonly Leg[];

/** An SMS takes seconds; who has not typed a code after a minute has not got it, or does not look. */
export const LEG_SECONDS = { least: 15, most: 300, usual: 60 } as const;

/** How many ways a chain may have: each of them costs money and disturbs somebody. */
export const MOST_LEGS = 4;

/** @param stored as `JSON.stringify` writes a chain; null: one channel alone. */
export function readChain(stored: string | null, channel: Channel): Chain {
  if (stored === null) return [{ channel, seconds: LEG_SECONDS.usual }];
  const legs: unknown = JSON.parse(stored);
  return Array.isArray(legs) ? legs.map(asLeg) : [];
}

function asLeg(value: unknown): Leg {
  const { channel, seconds } = value as Leg;
  return { channel, seconds };
}

/** The leg that follows; undefined: there is none. */
export function legAfter(chain: Chain, leg: number): Leg | undefined {
  return chain[leg + 1];
}

/**
 * Which leg is meant when a channel is asked for: the next of it, else the first.
 *
 * @param from the first that has not begun.
 * @returns its place; undefined: the chain has no such channel.
 */
export function legOf(chain: Chain, from: number, channel: Channel): number | undefined {
  const places = chain.flatMap((one, place) => (one.channel === channel ? [place] : []));
  return places.find((place) => place >= from) ?? places[0];
}
