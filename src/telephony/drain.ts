import { once } from "node:events";

interface Drained {
  /** Resolves when the call has ended and its end is stored. */
  readonly done: Promise<void>;
  /** Hangs up and ends at once, without waiting for Asterisk's word. */
  cut(): void;
}

/**
 * Lets calls finish, for a time; then cuts those that are left, while there still is a store for
 * their end.
 *
 * @param busy whether there is any call, or one about to be.
 */
export async function drainCalls(
  calls: () => Iterable<Drained>,
  busy: () => boolean,
  ms: number,
): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, ms);
  const deadline = once(late.signal, "abort");
  while (busy()) {
    const current = [...calls()];
    if (late.signal.aborted) for (const call of current) call.cut();
    const ended = Promise.all(current.map((call) => call.done));
    await (late.signal.aborted ? ended : Promise.race([ended, deadline]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  clearTimeout(timer);
}
