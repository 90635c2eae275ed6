/**
 * A wait that what is heard may end before its time. A loop that was held up (a commit to a disk that others
 * write to takes a second) runs its timers before it reads what arrived meanwhile, so that a key pressed in
 * time would be taken for none: when the time is up, what has arrived is taken in first.
 */
export class PatientTimer {
  readonly #takenIn: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #wait: object | undefined;

  /** @param takenIn resolves, never rejects, when what has arrived was understood. */
  constructor(takenIn = (): Promise<void> => Promise.resolve()) {
    this.#takenIn = takenIn;
  }

  /** Calls `then` after `ms`, in place of what was set before. */
  set(ms: number, then: () => void): void {
    this.clear();
    const wait = {};
    this.#wait = wait;
    this.#timer = setTimeout(() => {
      // Timers, then sockets, then immediates: the order of every turn of the loop.
      setImmediate(() => void this.#end(wait, then));
    }, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#wait = undefined;
  }

  async #end(wait: object, then: () => void): Promise<void> {
    await this.#takenIn();
    if (this.#wait === wait) then();
  }
}
