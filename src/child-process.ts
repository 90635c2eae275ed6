import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";

/** A program could not be started: it is not there, or the system has no room for it (descriptors, memory). */
class ProgramStartError extends Error {
  /** The system's own: `ENOENT`, `EMFILE`, `EAGAIN` …; `program_not_started` where there is none. */
  readonly code: string;

  constructor(file: string, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const known = typeof code === "string" ? code : "program_not_started";
    super(`${file} could not be started: ${known}`, { cause });
    this.name = "ProgramStartError";
    this.code = known;
  }
}

interface ProgramStart {
  readonly cwd?: string;
  /** Beside what is passed on of ours; a name that is undefined is not passed on. */
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
  /** In a process group of its own. */
  readonly detached?: boolean;
}

/**
 * What a program needs to find its way. No setting of ours is among it: the trunk's password is one of them, and a
 * process shows its environment to everybody of the same user, and in every core.
 */
const PASSED_ON = /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+|XDG_[A-Z_]+)$/;

/**
 * Starts a program, with no more of our environment than it needs. Every program of ours is started here: what `spawn`
 * does when the descriptors have run out (it returns something without pipes, and whoever reads from them throws
 * `input.on is not a function`) is known in this place alone.
 *
 * @returns the program, running.
 * @throws {ProgramStartError}
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  { env = {}, ...options }: ProgramStart,
): Promise<ChildProcess> {
  const ours = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  try {
    const child = spawn(file, args, { ...options, env: { ...Object.fromEntries(ours), ...env } });
    await once(child, "spawn");
    // From here on it tells of signals that could not be given, and of those its owner hears by its end.
    child.on("error", () => undefined);
    return child;
  } catch (error) {
    throw new ProgramStartError(file, error);
  }
}
