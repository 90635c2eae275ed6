import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { Socket } from "node:net";

/** What runs beside in a shell has no standard input of its own accord. */
const WATCHED = 'exec 3<&0; (read -r _ <&3; kill -KILL 0) & exec "$@" </dev/null 3<&-';

const running = new Set<WatchedProgram>();
process.on("exit", () => {
  for (const program of running) program.kill();
});

/**
 * A program with all the processes that it makes, in a group of their own, since they may outlive the first of them. A
 * shell beside them ends them all when this process ends, however that comes about.
 */
export class WatchedProgram {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, "exit");
    this.#ended.catch(() => undefined);
    running.add(this);
    // What is left running keeps no test from ending.
    child.unref();
    if (child.stdin instanceof Socket) child.stdin.unref();
  }

  /** @param log what it writes to stderr is added to this file. */
  static async start(file: string, args: readonly string[], log: string): Promise<WatchedProgram> {
    const handle = await open(log, "a");
    const child = spawn("sh", ["-c", WATCHED, "sh", file, ...args], {
      detached: true,
      stdio: ["pipe", "ignore", handle.fd],
    });
    await handle.close();
    return new WatchedProgram(child);
  }

  /** Of the first of them. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  kill(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // They have ended.
    }
  }

  async stop(): Promise<void> {
    this.kill();
    if (!this.hasEnded) {
      this.#child.ref();
      await this.#ended;
    }
    running.delete(this);
  }
}
