import { Writable } from "node:stream";
import { createLogger, type Logger } from "../../src/log.js";

/** The real logger, into memory: tests can look at what would have been written. */
export function capturedLog(): { log: Logger; text: () => string } {
  const chunks: string[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString("utf8"));
      done();
    },
  });
  return { log: createLogger("debug", out), text: () => chunks.join("") };
}
