import { isOfKeys, type KeyLine, readKeyLine } from "./key-line.js";
import { RecentCalls } from "./recent-calls.js";

/** How many ends of each call that nobody has asked for. */
const ENDS = 32;
/** ARI and the log tell of one end within a moment of each other. */
const FRESH_MS = 2_000;
/** Longest wait for the log, milliseconds; 1 ms is usual. */
const PATIENCE_MS = 500;

/** Its own; none since that key's last end, though the call has told of others; none either, and another key is down. */
type Beginning = "told" | "untold" | "overtaken";

interface End {
  readonly digit: string;
  readonly durationMs: number;
}

interface Told extends End {
  readonly beginning: Beginning | undefined;
  readonly at: number;
}

interface Asked extends End {
  readonly answer: (beginning: Beginning | undefined) => void;
}

interface OfCall {
  /** Begun, and not ended. */
  readonly down: Set<string>;
  hasBegun: boolean;
  told: readonly Told[];
  asked: readonly Asked[];
}

/**
 * Which ends of keys had a beginning of their own. ARI tells of ends alone, and Asterisk's log of both, in their order:
 * it is read for that, and nothing of it is kept.
 */
export class KeyBeginnings {
  readonly #now: () => number;
  readonly #patienceMs: number;
  #calls = new RecentCalls<OfCall>();
  /** The log has not told of a key that ARI told of: nobody waits for it again before it tells. */
  #isMute = false;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(now = (): number => performance.now(), patienceMs = PATIENCE_MS) {
    this.#now = now;
    this.#patienceMs = patienceMs;
  }

  /** @param line of the log, of whatever. */
  hear(line: string): void {
    const told = isOfKeys(line) ? readKeyLine(line) : undefined;
    if (told !== undefined) this.#note(told);
  }

  /** Another run of Asterisk names its channels as the one before. */
  forget(): void {
    this.#calls = new RecentCalls();
  }

  /**
   * Of a key whose end was told just now: to be asked for each, in order.
   *
   * @param channel its name.
   * @returns undefined, after a moment, when it was not heard.
   */
  beginningOf(channel: string, digit: string, durationMs: number): Promise<Beginning | undefined> {
    const call = this.#of(channel);
    const fresh = call.told.filter(({ at }) => this.#now() - at < FRESH_MS);
    const nth = fresh.findIndex((end) => end.digit === digit && end.durationMs === durationMs);
    call.told = fresh.slice(nth + 1);
    if (nth >= 0) return Promise.resolve(fresh[nth]?.beginning);
    return this.#isMute ? Promise.resolve(undefined) : this.#awaited(call, digit, durationMs);
  }

  #awaited(call: OfCall, digit: string, durationMs: number): Promise<Beginning | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#isMute = true;
        answer(undefined);
      }, this.#patienceMs);
      const answer = (beginning: Beginning | undefined): void => {
        clearTimeout(timer);
        call.asked = call.asked.filter((asked) => asked.answer !== answer);
        resolve(beginning);
      };
      call.asked = [...call.asked, { digit, durationMs, answer }];
    });
  }

  #note({ channel, digit, durationMs }: KeyLine): void {
    this.#isMute = false;
    const call = this.#of(channel);
    if (durationMs === null) {
      call.hasBegun = true;
      call.down.add(digit);
      return;
    }
    const beginning = beginningIn(call, digit);
    const asked = call.asked.find((end) => end.digit === digit && end.durationMs === durationMs);
    if (asked !== undefined) asked.answer(beginning);
    else call.told = [...call.told, { digit, durationMs, beginning, at: this.#now() }].slice(-ENDS);
  }

  #of(channel: string): OfCall {
    const call = this.#calls.get(channel) ?? { down: new Set(), hasBegun: false, told: [], asked: [] };
    this.#calls.note(channel, call);
    return call;
  }
}

function beginningIn({ down, hasBegun }: OfCall, digit: string): Beginning | undefined {
  if (down.delete(digit)) return "told";
  // SIP INFO tells of no beginning, and of a peer's keys all may be lost.
  if (!hasBegun) return undefined;
  return down.size > 0 ? "overtaken" : "untold";
}
