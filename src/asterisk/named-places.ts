import type { NamedMedia } from "./named-media.js";

/** How many calls are remembered, of strangers too, and how many places of each: a new one with each re-INVITE. */
const CALLS = 4_000;
const PLACES = 16;

/** Where the SDPs of each call have had voice sent to, from its INVITE to its last re-INVITE and UPDATE. */
export class NamedPlaces {
  readonly #calls = new Map<string, readonly string[]>();

  note({ callId, addresses }: NamedMedia): void {
    const before = this.#calls.get(callId) ?? [];
    this.#calls.delete(callId);
    this.#calls.set(callId, [...new Set([...before, ...addresses])].slice(-PLACES));
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > CALLS && oldest !== undefined) this.#calls.delete(oldest);
  }

  has(callId: string, address: string): boolean {
    return this.#calls.get(callId)?.includes(address) === true;
  }
}
