import type { InfoKey } from "./info-key.js";
import { RecentCalls } from "./recent-calls.js";

/** How many keys of each call that nobody has asked for. */
const KEYS = 16;
/** A key is told by ARI within a moment of its request, or was refused. */
const FRESH_MS = 5_000;

interface OfCall {
  readonly cseq: number;
  /** Not yet asked for. */
  keys: readonly { readonly digit: string; readonly at: number }[];
}

/** Which keys came by SIP INFO, which ARI does not tell. */
export class InfoKeys {
  readonly #now: () => number;
  readonly #calls = new RecentCalls<OfCall>();

  /** @param now milliseconds of a clock that never goes back. */
  constructor(now = (): number => performance.now()) {
    this.#now = now;
  }

  note({ callId, cseq, digit }: InfoKey): void {
    const before = this.#calls.get(callId);
    // Sent again, because the answer was late or lost.
    if (before !== undefined && cseq <= before.cseq) return;
    const keys = [...(before?.keys ?? []), { digit, at: this.#now() }].slice(-KEYS);
    this.#calls.note(callId, { cseq, keys });
  }

  /** Whether a key of this call that was told just now came by SIP INFO. Each request is good for one. */
  take(callId: string, digit: string): boolean {
    const call = this.#calls.get(callId);
    if (call === undefined) return false;
    const fresh = call.keys.filter(({ at }) => this.#now() - at < FRESH_MS);
    const found = fresh.findIndex((key) => key.digit === digit);
    call.keys = fresh.filter((_, nth) => nth !== found);
    return found >= 0;
  }
}
