import type { Response } from "express";
import { findIdempotencyKey, type Idempotency } from "../store/idempotency-keys.js";
import type { Store } from "../store/store.js";
import { Problem } from "./problem.js";
import { tellLimit } from "./rate-limit-fields.js";

const MINUTE_MS = 60_000;

/** Of two equal requests at once both were counted; what the nodes together had no room for is not stored. */
const NOT_COUNTED: ReadonlySet<string> = new Set(["repeated", "replayed", "too_many_now"]);

interface Bucket {
  /** Of the limit that it was made for; a changed one has a new bucket. */
  readonly max: number;
  tokens: number;
  /** When they were counted, epoch milliseconds. */
  at: number;
}

/** What a request may repeat: its Idempotency-Key, or the id that it asks for. */
interface Asked {
  readonly clientId: string;
  readonly idempotency: Idempotency | null;
  /** Whether the client has something of that id already. */
  readonly exists: () => Promise<boolean>;
}

/**
 * Registrations (of verifications and of enrollments together) a minute per client: a token bucket that holds
 * a minute's worth and fills evenly. In memory alone: a restart fills it, which costs a minute's worth at most
 * and saves a write a request. Where nodes share the database there is one more, of all of them, in the transaction that
 * registers (`takeRegistration`); this one keeps from it what is too much for one node already.
 */
export class RegistrationRate {
  readonly #buckets = new Map<string, Bucket>();

  /**
   * Counts a registration, tells the client where it stands, and registers. A repetition gets its answer
   * again, whatever the limit, and is not counted.
   *
   * @param max registrations a minute.
   * @throws {Problem} `too_many_registrations`.
   */
  async count<Outcome extends { readonly kind: string }>(
    store: Store,
    asked: Asked,
    max: number,
    response: Response,
    now: number,
    register: () => Promise<Outcome>,
  ): Promise<Outcome> {
    if (await isKnown(store, asked, now)) return register();
    this.#take(asked.clientId, max, response, now);
    const outcome = await register();
    if (NOT_COUNTED.has(outcome.kind)) this.#giveBack(asked.clientId);
    return outcome;
  }

  #take(clientId: string, max: number, response: Response, now: number): void {
    const bucket = this.#buckets.get(clientId);
    const { tokens, at } = bucket?.max === max ? bucket : { tokens: max, at: now };
    const filled = Math.min(max, tokens + (Math.max(0, now - at) * max) / MINUTE_MS);
    const left = filled < 1 ? filled : filled - 1;
    this.#buckets.set(clientId, { max, tokens: left, at: now });
    // Until there is one to take, or, while there are some, until there are all.
    const waitS = Math.ceil(((filled < 1 ? 1 : max) - left) * (60 / max));
    tellLimit(response, "registrations", { quota: max, windowS: 60, remaining: Math.floor(left), waitS });
    if (filled >= 1) return;
    throw new Problem("too_many_registrations", `at most ${max} a minute`, [], waitS);
  }

  /** The registration turned out to be a repetition: it does not count. */
  #giveBack(clientId: string): void {
    const bucket = this.#buckets.get(clientId);
    if (bucket !== undefined) bucket.tokens += 1;
  }
}

async function isKnown(
  store: Store,
  { clientId, idempotency, exists }: Asked,
  now: number,
): Promise<boolean> {
  const key = idempotency?.key;
  const used = key === undefined ? undefined : await findIdempotencyKey(store.read, clientId, key, now);
  return used !== undefined || (await exists());
}
