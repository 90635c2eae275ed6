import { setImmediate as immediately, setTimeout as pause } from "node:timers/promises";
import {
  type Beginning,
  byInfoAfterAll,
  hearKey,
  NO_PRESSES,
  type ToldKey,
} from "../verification/told-key.js";
import type { Overheard } from "./last-word.js";
import type { LineKey } from "./line-notice.js";

/** Copies of SIP messages are sent by a thread of Asterisk's own, which may come to it after the key was told. */
const LATE_COPY_MS = 100;

interface KeyHearingParts {
  /** Whether what is heard comes from the peer of this call: true, or a question to Asterisk. */
  readonly source: { readonly trusted: boolean; ask(callId: string): Promise<boolean> };
  /** By the bundled Asterisk; without it no key is known to have come by SIP INFO, and no beginning of any. */
  readonly overheard: Pick<Overheard, "cameByInfo" | "beginningOf"> | undefined;
  /** Told of each press once, in order; doubtful is one that may be the press before. */
  readonly onPress: (digit: string, doubtful: boolean) => void;
  /** Told of a key that could not be taken; those after it are heard all the same. */
  readonly onTrouble: (error: unknown) => void;
}

type Heard = readonly [LineKey, Promise<Beginning | undefined> | undefined];

/** Makes presses of what Asterisk tells of keys, which may be the same key twice or three times, or a stranger's. */
export class KeyHearing {
  readonly #parts: KeyHearingParts;
  readonly #told: Heard[] = [];
  #presses = NO_PRESSES;
  #hearing: Promise<void> | undefined;

  constructor(parts: KeyHearingParts) {
    this.#parts = parts;
  }

  onKey(key: LineKey): void {
    const { channel, digit, durationMs } = key;
    // Asked for as they come, and waited for in turn.
    this.#told.push([key, this.#parts.overheard?.beginningOf(channel, digit, durationMs)]);
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

  async #hearOne([{ callId, digit, durationMs, endedAt }, asked]: Heard): Promise<void> {
    const { source, onPress } = this.#parts;
    const beginning = await asked;
    // Another socket brings the copies of SIP messages: it has been read by the end of the loop's turn.
    await immediately();
    const byInfo = this.#cameByInfo(callId, digit);
    if (!source.trusted && !byInfo && !(await source.ask(callId))) return;
    const told = { digit, durationMs, endedAt, byInfo, beginning };
    let ruled = hearKey(this.#presses, told);
    if (ruled.isUnsure) ruled = await this.#hearAgain(callId, told);
    this.#presses = ruled.next;
    if (ruled.isPress) onPress(digit, ruled.isDoubtful);
  }

  /** With what copies show that came late: a call's first keys would be lost for want of them. */
  async #hearAgain(callId: string, told: ToldKey): Promise<ReturnType<typeof hearKey>> {
    if (this.#parts.overheard !== undefined) await pause(LATE_COPY_MS);
    const byInfo = told.byInfo || this.#cameByInfo(callId, told.digit);
    const isTwinToo = byInfo && this.#cameByInfo(callId, told.digit);
    const presses = isTwinToo ? byInfoAfterAll(this.#presses, told.digit) : this.#presses;
    return hearKey(presses, { ...told, byInfo });
  }

  #cameByInfo(callId: string, digit: string): boolean {
    return this.#parts.overheard?.cameByInfo(callId, digit) === true;
  }
}
