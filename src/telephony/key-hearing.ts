import { setImmediate as immediately } from "node:timers/promises";
import { hearKey, NO_PRESSES } from "../verification/told-key.js";
import type { Overheard } from "./last-word.js";
import type { LineKey } from "./line-notice.js";

interface KeyHearingParts {
  /** Whether what is heard comes from the peer of this call: true, or a question to Asterisk. */
  readonly source: { readonly trusted: boolean; ask(callId: string): Promise<boolean> };
  /** By the bundled Asterisk; without it no key is known to have come by SIP INFO. */
  readonly overheard: Pick<Overheard, "cameByInfo"> | undefined;
  /** Told of each press once, in order. */
  readonly onPress: (digit: string) => void;
  /** Told of a key that could not be taken; those after it are heard all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/** Makes presses of what Asterisk tells of keys, which may be the same key twice or three times, or a stranger's. */
export class KeyHearing {
  readonly #parts: KeyHearingParts;
  readonly #told: LineKey[] = [];
  #presses = NO_PRESSES;
  #hearing: Promise<void> | undefined;

  constructor(parts: KeyHearingParts) {
    this.#parts = parts;
  }

  onKey(key: LineKey): void {
    this.#told.push(key);
    this.#hearing ??= this.#hear();
  }

  /** Resolves, never rejects, when everything told so far was heard. */
  async settled(): Promise<void> {
    await this.#hearing;
  }

  async #hear(): Promise<void> {
    for (let key = this.#told.shift(); key !== undefined; key = this.#told.shift()) {
      await this.#hearOne(key).catch(this.#parts.onTrouble);
    }
    this.#hearing = undefined;
  }

  async #hearOne({ callId, ...key }: LineKey): Promise<void> {
    const { source, overheard, onPress } = this.#parts;
    // Another socket brings the copies of SIP messages: it has been read by the end of the loop's turn.
    await immediately();
    const byInfo = overheard?.cameByInfo(callId, key.digit) === true;
    if (!source.trusted && !byInfo && !(await source.ask(callId))) return;
    const { isPress, next } = hearKey(this.#presses, { ...key, byInfo });
    this.#presses = next;
    if (isPress) onPress(key.digit);
  }
}
