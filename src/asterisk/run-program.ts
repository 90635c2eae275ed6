import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { startProgram } from "../child-process.js";

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
  const child = await startProgram(file, args, {
    stdio: ["ignore", "pipe", "pipe", options.onStatusLine === undefined ? "ignore" : "pipe"],
    env: { ...proxies(), ...options.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
  });
  const deadline = setTimeout(() => child.kill("SIGKILL"), options.deadlineMs);
  const status = child.stdio[3] as Readable | null | undefined;
  if (options.onStatusLine !== undefined && status) {
    createInterface({ input: status }).on("line", options.onStatusLine);
  }
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  await once(child, "close");
  clearTimeout(deadline);
  return { code: child.exitCode, stdout: stdout(), stderr: stderr() };
}

/** How packages are fetched where the machine has no other way out. */
function proxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(\w+_proxy|APT_CONFIG)$/i.test(name)),
  );
}

function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
