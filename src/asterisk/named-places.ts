import type { NamedMedia } from "./named-media.js";
import { RecentCalls } from "./recent-calls.js";

/** How many of each call: a new one with each re-INVITE. */
const PLACES = 16;

/** Where the SDPs of each call have had voice sent to, from its INVITE to its last re-INVITE and UPDATE. */
export class NamedPlaces {
  readonly #calls = new RecentCalls<readonly string[]>();

  note({ callId, addresses }: NamedMedia): void {
    const before = this.#calls.get(callId) ?? [];
    this.#calls.note(callId, [...new Set([...before, ...addresses])].slice(-PLACES));
  }

  has(callId: string, address: string): boolean {
    return this.#calls.get(callId)?.includes(address) === true;
  }
}
