/** How to run a program: what `child_process.spawn` takes. `env` is added to the caller's. */
export interface Command {
  readonly file: string;
  /** Come before the program's own arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** An Asterisk on this machine, ready to be run. */
export interface AsteriskInstallation {
  /** Upstream's, e.g. `22.10.1`. */
  readonly version: string;
  readonly command: Command;
  readonly moduleDir: string;
  /** Asterisk's own static files. */
  readonly assetDir: string;
}
