import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** After this the program is killed and `code` is null. */
  readonly deadlineMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets each line that the program writes to its file descriptor 3. */
  readonly onStatusLine?: (line: string) => void;
}

/** Runs a program to its end with its messages in English; rejects only if it cannot be run at all. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe", options.onStatusLine === undefined ? "ignore" : "pipe"],
    env: { ...process.env, ...options.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    signal: AbortSignal.timeout(options.deadlineMs),
    killSignal: "SIGKILL",
  });
  const status = child.stdio[3] as Readable | null;
  if (options.onStatusLine !== undefined && status !== null) {
    createInterface({ input: status }).on("line", options.onStatusLine);
  }
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  try {
    await once(child, "close");
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
  }
  return { code: child.exitCode, stdout: stdout(), stderr: stderr() };
}

function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
