/** How to run a program: what `child_process.spawn` takes. `env` is added to the caller's. */
export interface Command {
  readonly file: string;
  /** Come before the program's own arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
