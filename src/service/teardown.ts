import { setTimeout as delay } from "node:timers/promises";
import { errorText, type Logger } from "../log.js";

interface Step {
  /** What it undoes, for the log. */
  readonly what: string;
  readonly undo: () => Promise<void> | void;
  readonly deadlineMs: () => number;
}

/** Closing a socket, a database, an Asterisk (which is killed after 5 s); 0.1 s is usual. */
const STEP_MS = 15_000;

/**
 * What was set up, undone once and in reverse. Each step is undone whatever becomes of the others: one that throws is
 * logged, and one that hangs is left behind at its deadline. Else a socket that fails to close would leave an
 * Asterisk running and a lock taken.
 */
export class Teardown {
  readonly #log: Logger;
  readonly #steps: Step[] = [];
  #running: Promise<void> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Whether it was asked for. */
  get begun(): boolean {
    return this.#running !== undefined;
  }

  /** @param deadlineMs asked when the step's turn has come. */
  add(what: string, undo: () => Promise<void> | void, deadlineMs = (): number => STEP_MS): void {
    this.#steps.push({ what, undo, deadlineMs });
  }

  /** Resolves when each step is done or given up; never rejects. Whoever asks again waits for the same. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await this.#undo(step);
  }

  async #undo({ what, undo, deadlineMs }: Step): Promise<void> {
    const done = new AbortController();
    try {
      const ms = deadlineMs();
      const late = delay(ms, `not done within ${String(ms)} ms`, { signal: done.signal });
      const outcome = await Promise.race([Promise.resolve(undo()).then(() => null), late]);
      if (outcome !== null)
        this.#log.error("a step of the stop hangs and is left behind", { what, error: outcome });
    } catch (error) {
      this.#log.error("a step of the stop failed", { what, error: errorText(error) });
    } finally {
      done.abort();
    }
  }
}

/**
 * Waits for a step of a start that takes long; a stop meanwhile breaks it off.
 *
 * @throws what the signal was aborted with, or what the step failed with.
 */
export async function unlessStopped(
  stopping: AbortSignal,
  step: Promise<void>,
  breakOff: () => Promise<void>,
): Promise<void> {
  const onStop = (): void => void breakOff().catch(() => undefined);
  stopping.addEventListener("abort", onStop, { once: true });
  try {
    await step;
  } finally {
    // From here on a stop has its order: what the calls need goes last.
    stopping.removeEventListener("abort", onStop);
  }
  stopping.throwIfAborted();
}
