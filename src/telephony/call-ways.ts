import type { E164 } from "../verification/phone-number.js";
import type { Fate } from "./trunk-line.js";
import type { TakenLine, TrunkLines } from "./trunk-lines.js";
import { type Way, wayBy } from "./way.js";

/** The ways that one call is tried by, one after another and never two at once. */
export class CallWays {
  readonly #lines: TrunkLines;
  readonly #number: E164;
  readonly #shown: string | null;
  readonly #tried: string[] = [];
  #line: TakenLine;

  /** @param shown the number that is shown where a trunk has none of its own. */
  constructor(lines: TrunkLines, number: E164, shown: string | null, first: TakenLine) {
    this.#lines = lines;
    this.#number = number;
    this.#shown = shown;
    this.#line = first;
    this.#note();
  }

  get way(): Way {
    return wayBy(this.#line.trunk, this.#line.endpoint, this.#shown);
  }

  /** Whether there is another trunk, and a line free. */
  hasAnother(now: number): boolean {
    return this.#line.trunk !== null && this.#lines.hasAnother(this.#number, now, this.#tried);
  }

  /** The present way is done with. */
  ended(fate: Fate, now: number): void {
    this.#lines.ended(this.#line, fate, now);
  }

  /** Takes a line of another trunk; null: there is none. */
  next(now: number): Way | null {
    const line = this.#line.trunk === null ? null : this.#lines.take(this.#number, now, this.#tried);
    if (line === null) return null;
    this.#line = line;
    this.#note();
    return this.way;
  }

  #note(): void {
    if (this.#line.trunk !== null) this.#tried.push(this.#line.trunk.name);
  }
}
