import type { Clock } from "../clock.js";
import type { Logger } from "../log.js";
import { networkOf } from "./peer-network.js";

/** So many wrong keys cost nothing: a deployment with an old key in its configuration tries a few times. */
const FREE = 10;
/** The wait after each further one doubles, from a second to this. */
const LONGEST_WAIT_S = 300;
/** Without a wrong key for so long an address is forgotten. */
const FORGET_MS = 10 * 60_000;
/** Addresses kept in mind, 100 bytes each; of more the one that was quiet longest is forgotten. */
const MOST_ADDRESSES = 10_000;
const TOLD_EVERY_MS = 60_000;

interface Offender {
  count: number;
  /** Epoch milliseconds. */
  last: number;
  /** Since the last line in the log. */
  untold: number;
}

/**
 * Counts wrong keys by the address that sent them (IPv6: by /64), and says how long such an address is to wait. A
 * right key is let in all the same: behind one address there may be many, and one program with an old key must not
 * lock out its neighbours. That gives nothing away, for a key has 256 bits; what the wait spares is the work, and what
 * the line in the log gives is that somebody learns of it.
 */
export class WrongKeys {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #tellEveryMs: number;
  /** In the order of their last wrong key. */
  readonly #offenders = new Map<string, Offender>();
  #timer: NodeJS.Timeout | undefined;
  #untold = 0;

  constructor(clock: Clock, log: Logger, tellEveryMs = TOLD_EVERY_MS) {
    this.#clock = clock;
    this.#log = log;
    this.#tellEveryMs = tellEveryMs;
  }

  /** Addresses kept in mind. */
  get known(): number {
    return this.#offenders.size;
  }

  /**
   * One more from this address.
   *
   * @param address as `socket.remoteAddress` gives it.
   * @returns how long to wait before the next, seconds; 0: not yet.
   */
  count(address: string | undefined): number {
    const now = this.#clock();
    const network = networkOf(address);
    const before = this.#offenders.get(network);
    const stale = before === undefined || now - before.last > FORGET_MS;
    const offender = {
      count: (stale ? 0 : before.count) + 1,
      last: now,
      untold: (before?.untold ?? 0) + 1,
    };
    this.#offenders.delete(network);
    this.#offenders.set(network, offender);
    if (this.#offenders.size > MOST_ADDRESSES) this.#forgetQuietest();
    this.#untold += 1;
    this.#timer ??= setTimeout(() => {
      this.tell();
    }, this.#tellEveryMs).unref();
    const over = offender.count - FREE;
    return over <= 0 ? 0 : Math.min(LONGEST_WAIT_S, 2 ** Math.min(over - 1, 20));
  }

  /** One line for all since the last, with the address that sent most; nothing where there were none. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untold === 0) return;
    let worst: [string, number] = ["", 0];
    let addresses = 0;
    for (const [network, offender] of this.#offenders) {
      if (offender.untold === 0) continue;
      addresses += 1;
      if (offender.untold > worst[1]) worst = [network, offender.untold];
      offender.untold = 0;
    }
    this.#log.warn("wrong API keys were refused", {
      count: this.#untold,
      addresses,
      most_from: worst[0],
      most: worst[1],
    });
    this.#untold = 0;
  }

  #forgetQuietest(): void {
    const [quietest] = this.#offenders.keys();
    if (quietest !== undefined) this.#offenders.delete(quietest);
  }
}
