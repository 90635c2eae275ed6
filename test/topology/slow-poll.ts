import { poll } from "../phones/waiting.js";

/** Each look is a connection to the database: seldom, so as not to be a load itself. */
const EVERY_MS = 250;

/** Waits for what only the database can tell. */
export function slowPoll(condition: () => Promise<boolean>, ms: number, what: string): Promise<void> {
  return poll(condition, ms, what, EVERY_MS);
}
