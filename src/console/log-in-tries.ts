import type { Clock } from "../clock.js";
import { networkOf } from "../http/peer-network.js";
import { nameKey } from "../store/admins.js";
import { Refusal } from "./refusal.js";

/** From one address for one name; a person who mistypes or has the wrong authenticator tries as often. */
const FREE = 5;
/** From one address for all names: an office behind one address has several people. */
const FREE_OF_ADDRESS = 20;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 60 * 60_000;
/** Kept in mind; of more the one that was quiet longest is forgotten. */
const MOST = 20_000;

interface Tries {
  count: number;
  last: number;
}

/**
 * Slows down who tries passwords: after some that failed, each has to wait twice as long as the one before. Counted by
 * the address that it comes from, alone and with the name, and never by the name alone: nobody locks out another who
 * only knows what he is called. Somebody with many addresses is held up by what a try costs, and by the second factor.
 */
export class LogInTries {
  readonly #clock: Clock;
  readonly #tries = new Map<string, Tries>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {Refusal} `too_many_tries` where it is too early for another. */
  look(address: string | undefined, name: string): void {
    const now = this.#clock();
    const waits = keysOf(address, name).map(([key, free]) => {
      const tries = this.#tries.get(key);
      if (tries === undefined || now - tries.last > FORGET_MS || tries.count < free) return 0;
      // The clock was set back: or everybody would wait until it has come back to where it was.
      tries.last = Math.min(tries.last, now);
      return tries.last + Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(tries.count - free, 20)) - now;
    });
    const waitMs = Math.max(...waits);
    if (waitMs <= 0) return;
    throw new Refusal("too_many_tries", "too many tries from this address", Math.ceil(waitMs / 1000));
  }

  /** One has failed. Counted before it is judged, so that many at one time are no way around it. */
  count(address: string | undefined, name: string): void {
    const now = this.#clock();
    for (const [key] of keysOf(address, name)) {
      const before = this.#tries.get(key);
      const isFresh = before !== undefined && now - before.last <= FORGET_MS;
      this.#tries.delete(key);
      this.#tries.set(key, { count: (isFresh ? before.count : 0) + 1, last: now });
    }
    for (const key of this.#tries.keys()) {
      if (this.#tries.size <= MOST) break;
      this.#tries.delete(key);
    }
  }

  /** One has succeeded: its own count begins anew, and what it added to that of the address is taken back. */
  forgive(address: string | undefined, name: string): void {
    const [[own], [ofAddress]] = keysOf(address, name);
    this.#tries.delete(own);
    const tries = this.#tries.get(ofAddress);
    if (tries !== undefined) tries.count -= 1;
  }
}

function keysOf(
  address: string | undefined,
  name: string,
): readonly [readonly [string, number], readonly [string, number]] {
  const network = networkOf(address);
  return [
    [`${network}\0${nameKey(name).slice(0, 64)}`, FREE],
    [network, FREE_OF_ADDRESS],
  ];
}
