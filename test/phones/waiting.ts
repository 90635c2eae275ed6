import { setTimeout as timer } from "node:timers/promises";

/**
 * For what comes within a second on a machine that has nothing else to do. A wait ends with what it waits for,
 * so patience costs a test that passes nothing, on whatever machine.
 */
export const PATIENCE_MS = 60_000;

/** What a test waited for did not come in time. */
export class WaitedTooLong extends Error {
  override readonly name = "WaitedTooLong";
  constructor(what: string, ms: number) {
    super(`waited ${ms} ms for ${what}`);
  }
}

/**
 * A list of people waiting for a condition. Whoever changes something calls `look()`;
 * each waiter whose condition now holds is let go. Nobody waits past its deadline.
 */
export class WaitingRoom {
  readonly #waiting = new Set<() => void>();
  #closedBecause: Error | undefined;

  /** Resolves with the first defined value that `condition` gives; rejects after `ms` or when closed. */
  async until<Value>(condition: () => Value | undefined, ms: number, what: string): Promise<Value> {
    const already = condition();
    if (already !== undefined) return already;
    if (this.#closedBecause) throw this.#closedBecause;
    return new Promise<Value>((resolve, reject) => {
      const look = (): void => {
        const value = condition();
        if (value !== undefined)
          leave(() => {
            resolve(value);
          });
        else if (this.#closedBecause) {
          const reason = this.#closedBecause;
          leave(() => {
            reject(new Error(`${reason.message}, while waiting for ${what}`, { cause: reason }));
          });
        }
      };
      const deadline = setTimeout(() => {
        leave(() => {
          reject(new WaitedTooLong(what, ms));
        });
      }, ms);
      const leave = (then: () => void): void => {
        clearTimeout(deadline);
        this.#waiting.delete(look);
        then();
      };
      this.#waiting.add(look);
    });
  }

  look(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Nothing more will happen: everybody still waiting is told why. */
  close(reason: Error): void {
    this.#closedBecause ??= reason;
    this.look();
  }
}

/** For what announces itself to nobody, such as a port being bound: asks every 10 ms until the deadline. */
export async function poll(
  condition: () => Promise<boolean>,
  ms: number,
  what: string,
  everyMs = 10,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new WaitedTooLong(what, ms);
    await timer(everyMs);
  }
}
