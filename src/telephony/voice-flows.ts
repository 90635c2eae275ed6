import type { ReceivedRtp } from "../ari/connection.js";

/** A telephone event (RFC 4733, section 2.3). */
const OCTETS_OF_EVENT = 4;
/** G.711, which trunks speak, in packets of whole tens of milliseconds. */
const OCTETS_OF_MS = 8;
const OCTETS_OF_10_MS = 80;
/** Voice that flows loses little: less than this share of it is silence suppression, with comfort noise between. */
const FLOWING = 0.7;

/** How long the first voice may take after the answer, ms: a second until its source counts as learnt, and the way. */
const FIRST_VOICE_MS = 2_000;

/**
 * Whether telephone events have certainly arrived: nothing else has, or they make the mean of voice that flows uneven,
 * one among thousands of packets. Of voice that rests nothing is known: comfort noise is uneven too.
 *
 * @param sinceMs how long the call is up.
 */
export function holdsEvents({ packets, octets }: ReceivedRtp, sinceMs: number): boolean {
  if (packets === 0) return false;
  if (octets === packets * OCTETS_OF_EVENT) return true;
  const isUneven = octets % (packets * OCTETS_OF_10_MS) !== 0;
  return isUneven && octets >= sinceMs * OCTETS_OF_MS * FLOWING;
}

/** A quarter of a second of voice is a stream, a few keys are none. */
const LEAST_VOICE_MS = 250;
/** Who comes later than the answer has less than half of the time since. */
const HALF = 0.5;

/**
 * Whether voice has come since the answer, and not for the last moments only.
 *
 * @param sinceMs how long the call is up.
 */
export function voiceFlows({ octets }: ReceivedRtp, sinceMs: number): boolean {
  return octets >= OCTETS_OF_MS * Math.max(LEAST_VOICE_MS, (sinceMs - FIRST_VOICE_MS) * HALF);
}
