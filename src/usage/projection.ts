import type { UsageCounts } from "../store/count-usage.js";
import { DAY_MS } from "../verification/durations.js";
import type { Month } from "./month.js";

/**
 * The share of a month that has passed.
 *
 * @returns null: less than a day, from which nothing can be told, or the month is another one.
 */
export function sharePassed({ from, to }: Month, now: number): number | null {
  return now < from + DAY_MS || now >= to ? null : (now - from) / (to - from);
}

/**
 * What a month's counts will be if it goes on as it began. Calls that the base price includes are the first of the
 * month; those that are still free go to all kinds of lines alike.
 *
 * @param included outbound calls that the tariff includes.
 */
export function projectCounts(
  { inboundRequests, outboundCalls, messageParts }: UsageCounts,
  share: number,
  included: number,
): UsageCounts {
  const sum = (of: readonly { readonly calls: number }[]): number =>
    of.reduce((all, { calls }) => all + calls, 0);
  const lineTypes = [...new Set(outboundCalls.map(({ lineType }) => lineType))];
  const kinds = lineTypes.map((lineType) => {
    const made = outboundCalls.filter((one) => one.lineType === lineType);
    const free = sum(made.filter((one) => one.included));
    return { lineType, free, more: Math.round(sum(made) / share) - free };
  });
  const stillFree = included - kinds.reduce((all, { free }) => all + free, 0);
  const toCome = kinds.reduce((all, { more }) => all + more, 0);
  const freeShare = toCome === 0 ? 0 : Math.min(1, stillFree / toCome);
  return {
    inboundRequests: Math.round(inboundRequests / share),
    messageParts: Math.round(messageParts / share),
    outboundCalls: kinds.flatMap(({ lineType, free, more }) => {
      const freeOfThose = Math.round(more * freeShare);
      return [
        { lineType, included: true, calls: free + freeOfThose, seconds: 0 },
        { lineType, included: false, calls: more - freeOfThose, seconds: 0 },
      ];
    }),
  };
}
