/** A program and all that is needed to start it, wherever it is installed. */
export interface Program {
  readonly file: string;
  /** Come before the arguments of a run: the program itself, when `file` is its loader. */
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}
