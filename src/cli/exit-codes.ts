/** Exit codes of every command, as the manual lists them. */
export const EXIT = {
  ok: 0,
  /** It ran, and the answer is no: not verified, not found, check failed. */
  negative: 1,
  /** Wrong arguments. */
  usage: 2,
  /** The configuration is wrong. */
  config: 3,
  /** The service, Asterisk or the database cannot be reached or started. */
  unavailable: 4,
} as const;

/** Ends a command with a message on stderr and an exit code. */
export class CommandError extends Error {
  readonly code = "command_failed";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}
