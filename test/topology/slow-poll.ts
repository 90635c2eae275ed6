import { setTimeout as delay } from "node:timers/promises";
import { WaitedTooLong } from "../phones/waiting.js";

/** Each look is a connection to the database: seldom, so as not to be a load itself. */
const EVERY_MS = 250;

/** Waits for what only the database can tell. */
export async function slowPoll(condition: () => Promise<boolean>, ms: number, what: string): Promise<void> {
  for (const giveUpAt = performance.now() + ms; !(await condition());) {
    if (performance.now() > giveUpAt) throw new WaitedTooLong(what, ms);
    await delay(EVERY_MS);
  }
}
