import { runBounded, type RunOptions, type RunResult } from "../run-bounded.js";

export interface ProgramResult extends Omit<RunResult, "stdout"> {
  readonly stdout: string;
}

/** Far above what apt has ever to say: a program gone wild ends at it. */
const MAX_BYTES = 200_000_000;

/** Runs a program of the machine to its end with its messages in English; rejects only if it cannot be run at all. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: Pick<RunOptions, "deadlineMs" | "onStatusLine">,
): Promise<ProgramResult> {
  const env = { ...proxies(), LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
  const { stdout, ...result } = await runBounded(file, args, { ...options, env, maxBytes: MAX_BYTES });
  return { ...result, stdout: stdout.toString("utf8") };
}

/** How packages are fetched where the machine has no other way out. */
function proxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(\w+_proxy|APT_CONFIG)$/i.test(name)),
  );
}
