import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/**
 * Reads a stream line by line. What its input fails with, readline emits once more by itself, and unheard that would end
 * the process: whoever wants to know listens to the input.
 */
export function onLines(input: Readable, onLine: (line: string) => void): void {
  const lines = createInterface({ input, crlfDelay: Infinity });
  lines.on("line", onLine);
  lines.on("error", () => undefined);
}
