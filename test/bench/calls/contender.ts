/** One way to make the call, ready to take it. */
export interface Contender {
  readonly name: string;
  readonly asteriskPid: number;
  /** The process beside Asterisk that decides; null when there is none. */
  readonly controllerPid: number | null;
  readonly sipPort: number;
  /** Where people call. */
  readonly did: string;
  /** Told before the people of these numbers call. */
  await(numbers: readonly string[], rate: number): Promise<void>;
  /** Calls these numbers, `rate` of them a second. */
  call(numbers: readonly string[], rate: number): Promise<void>;
  /** What it found wrong with its calls since it was last asked, beyond what the people noticed. */
  check(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Does something for each at a steady rate, whatever the pace of the answers. */
export async function atRate<T>(items: readonly T[], rate: number, act: (item: T) => unknown): Promise<void> {
  const begun = performance.now();
  const pending: Promise<unknown>[] = [];
  for (const [index, item] of items.entries()) {
    const wait = begun + (index * 1000) / rate - performance.now();
    // A timer is late by a millisecond: several are due at once then, and are done at once.
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    const acted = act(item);
    if (acted instanceof Promise) pending.push(acted);
  }
  await Promise.all(pending);
}
