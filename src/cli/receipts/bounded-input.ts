import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { errorText } from "../../log.js";
import { CommandError, EXIT } from "../exit-codes.js";

const FETCH_MS = 10_000;

/** The text of a file, or of standard input for `-`; whatever it is, no more of it is read than may be. */
export async function readBounded(name: string, maxBytes: number): Promise<string> {
  const stream: Readable = name === "-" ? process.stdin : createReadStream(name);
  try {
    return await textOf(stream, name, maxBytes);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${name}: ${errorText(error)}`, EXIT.usage);
  } finally {
    stream.destroy();
  }
}

/** What an https address answers; nobody is followed elsewhere. */
export async function fetchBounded(url: string, maxBytes: number): Promise<string> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok || response.body === null) {
      throw new CommandError(`${url}: HTTP ${String(response.status)}`, EXIT.unavailable);
    }
    return await textOf(response.body, url, maxBytes);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${url}: ${causeOf(error)}`, EXIT.unavailable);
  }
}

async function textOf(source: AsyncIterable<unknown>, name: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const limit = `${String(maxBytes / 1024)} KiB`;
      throw new CommandError(`${name}: ${limit} を超えています / is longer than ${limit}`, EXIT.usage);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** fetch's own message says nothing but that it failed. */
function causeOf(error: unknown): string {
  return errorText(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
