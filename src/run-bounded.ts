import { once } from "node:events";
import { onLines } from "./lines.js";
import type { Readable } from "node:stream";
import { startProgram } from "./child-process.js";

export interface RunOptions {
  readonly input?: Buffer | string;
  /** After this the program is killed and `code` is null. */
  readonly deadlineMs: number;
  /** Of stdout; one byte more and the program is killed. */
  readonly maxBytes: number;
  /** Beside what every program gets. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets each line that the program writes to its file descriptor 3. */
  readonly onStatusLine?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  /** Its last 2,000 characters. */
  readonly stderr: string;
}

/** Runs a program to its end, within time and output; rejects only if it cannot be run at all. */
export async function runBounded(
  file: string,
  args: readonly string[],
  { input = "", deadlineMs, maxBytes, env = {}, onStatusLine }: RunOptions,
): Promise<RunResult> {
  const status = onStatusLine === undefined ? "ignore" : "pipe";
  const child = await startProgram(file, args, { stdio: ["pipe", "pipe", "pipe", status], env });
  const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) child.kill("SIGKILL");
    else chunks.push(chunk);
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-2000);
  });
  const statusLines = child.stdio[3] as Readable | null | undefined;
  if (onStatusLine && statusLines) onLines(statusLines, onStatusLine);
  // A program that does not read to the end closes the pipe; how it ended says the rest.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  try {
    await once(child, "close");
  } finally {
    clearTimeout(timer);
  }
  return { code: child.exitCode, stdout: Buffer.concat(chunks), stderr: stderr.trim() };
}
