import { setTimeout as delay } from "node:timers/promises";
import { usageOf, usedBetween } from "./part-usage.js";

/** Of all cores, 0 to 1: with more than that by others, figures are those of the others. */
export const DISTURBED = 0.15;
const LOOK_MS = 1_000;
/** Over a whole run. */
const MOST_WAITING_MS = 120_000;

/** All that the bench has started comes of it. */
const OURS = { ours: [process.pid] };

let waited = 0;

/** Waits, in all for some minutes of a run, until the machine has not much else to do. */
export async function quiet(): Promise<void> {
  for (; waited < MOST_WAITING_MS; waited += LOOK_MS) {
    const before = usageOf(OURS);
    await delay(LOOK_MS);
    if (usedBetween(before, usageOf(OURS), OURS).others < DISTURBED) return;
  }
}
