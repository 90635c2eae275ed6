/**
 * A wait that what is heard may end before its time. A loop that was held up (a commit to a disk that others
 * write to takes a second) runs its timers before it reads what arrived meanwhile, so that a key pressed in
 * time would be taken for none: when the time is up, what has arrived is taken in first.
 */
export class PatientTimer {
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;

  /** Calls `then` after `ms`, in place of what was set before. */
  set(ms: number, then: () => void): void {
    this.clear();
    this.#timer = setTimeout(() => {
      // Timers, then sockets, then immediates: the order of every turn of the loop.
      this.#lastLook = setImmediate(then);
    }, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastLook);
  }
}
