import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../clock.js";
import type { KeyHolder } from "../store/api-keys.js";
import type { Store } from "../store/store.js";
import { admit } from "./admit.js";
import { knowPeer } from "./connections.js";
import { Problem } from "./problem.js";
import type { WrongKeys } from "./wrong-keys.js";

/** How long a refusal is held back at most: who guesses on one connection after another learns little in a second. */
const HELD_MS = 2_000;

/** Who comes in by a request's key, and how those are slowed down who try one key after another. */
export class Admission {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #wrongKeys: WrongKeys;
  /** Sockets that are closed with the next answer: nothing that comes on them any more is looked at. */
  readonly #condemned = new WeakSet();

  constructor(store: Store, clock: Clock, wrongKeys: WrongKeys) {
    this.#store = store;
    this.#clock = clock;
    this.#wrongKeys = wrongKeys;
  }

  /** @throws {Problem} `unauthorized`, `address_not_allowed`, `too_many_wrong_keys`. */
  async admit(request: IncomingMessage): Promise<KeyHolder> {
    if (this.#condemned.has(request.socket)) throw tooMany(1);
    try {
      const holder = await this.stillAdmitted(request);
      knowPeer(request);
      return holder;
    } catch (error) {
      const guessed = error instanceof Problem && error.code === "unauthorized";
      // Who sends no key at all guesses none: a balancer that looks whether we are there, say.
      if (!guessed || request.headers.authorization === undefined) throw error;
      const waitS = this.#wrongKeys.count(request.socket.remoteAddress);
      if (waitS === 0) throw error;
      this.#condemned.add(request.socket);
      await delay(Math.min(HELD_MS, waitS * 1000));
      throw tooMany(waitS);
    }
  }

  /**
   * The same without counting, for who was let in before: whether the key, its client's addresses and the hour still
   * allow it. The address as it was at first: a socket that is gone has none.
   *
   * @throws {Problem} `unauthorized`, `address_not_allowed`.
   */
  stillAdmitted({ headers, socket }: IncomingMessage): Promise<KeyHolder> {
    return admit(this.#store, headers.authorization, socket.remoteAddress, this.#clock());
  }
}

function tooMany(waitS: number): Problem {
  return new Problem("too_many_wrong_keys", "too many wrong API keys came from this address", [], waitS);
}
