import { CommandError, EXIT } from "./exit-codes.js";

/** The value of an option that says how long; seconds, at most a day. @throws {CommandError} */
export function secondsOf(option: string, text: string): number {
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (seconds <= 86_400) return seconds;
  throw new CommandError(`${option} wants seconds from 0 to 86400`, EXIT.usage);
}
