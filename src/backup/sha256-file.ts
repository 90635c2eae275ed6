import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Hex. @throws a system error when it cannot be read. */
export async function sha256File(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}
