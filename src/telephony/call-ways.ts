import { noteTrunk } from "../acts/note-trunk.js";
import type { E164 } from "../verification/phone-number.js";
import type { CallParts } from "./call-parts.js";
import type { Fate } from "./trunk-line.js";
import type { TakenLine, TrunkLines } from "./trunk-lines.js";
import { TrunkTurns } from "./trunk-turns.js";
import { type Way, wayBy } from "./way.js";

/** The line that a call has when it begins. */
interface FirstLine {
  readonly line: TakenLine;
  /** Its turn, where that was reserved with it. */
  readonly turn: number | null;
}

/** The ways that one call is tried by, one after another and never two at once. */
export class CallWays {
  readonly #parts: Pick<CallParts, "store" | "clock">;
  readonly #lines: TrunkLines;
  readonly #turns: TrunkTurns;
  readonly #number: E164;
  readonly #shown: string | null;
  readonly #tried: string[] = [];
  #line: TakenLine;
  #turn: number | null;
  #waiting: AbortController | undefined;

  /** @param shown the number that is shown where a trunk has none of its own. */
  constructor(
    parts: Pick<CallParts, "store" | "clock">,
    lines: TrunkLines,
    number: E164,
    shown: string | null,
    { line, turn }: FirstLine,
  ) {
    this.#parts = parts;
    this.#lines = lines;
    this.#turns = new TrunkTurns(parts, lines);
    this.#number = number;
    this.#shown = shown;
    this.#line = line;
    this.#turn = turn;
    this.#note();
  }

  get way(): Way {
    return wayBy(this.#line.trunk, this.#line.endpoint, this.#shown);
  }

  /**
   * Waits until the call may leave by the present way.
   *
   * @returns false when it is not to leave any more; else it is to leave at once.
   * @throws what {@link TrunkTurns.wait} does.
   */
  async comesToTurn(): Promise<boolean> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    try {
      const comes = await this.#turns.wait(this.#line.trunk, this.#turn, waiting.signal);
      return comes && !waiting.signal.aborted;
    } finally {
      this.#waiting = undefined;
    }
  }

  /** It leaves now. @param request by which Asterisk is asked to dial it. */
  leaves(request: Promise<unknown>): void {
    this.#turns.leaves(this.#line.trunk, request);
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** @returns whether it was waiting for its turn, and leaves no more. */
  abandon(): boolean {
    this.#waiting?.abort();
    return this.isWaiting;
  }

  /** Whether there is another trunk, and a line free. */
  get hasAnother(): boolean {
    const now = this.#parts.clock();
    return this.#line.trunk !== null && this.#lines.hasAnother(this.#number, now, this.#tried);
  }

  /** The present way is done with. */
  ended(fate: Fate): void {
    this.#lines.ended(this.#line, fate, this.#parts.clock());
  }

  /**
   * Takes a line of another trunk, and notes that the call goes on by it; null: there is none.
   *
   * @throws {AttemptClosedError} when another has ended the call meanwhile; the line is given back.
   */
  async next(attemptId: string): Promise<Way | null> {
    const { store, clock } = this.#parts;
    for (;;) {
      const line = this.#line.trunk === null ? null : this.#lines.take(this.#number, clock(), this.#tried);
      if (line === null) return null;
      this.#line = line;
      this.#note();
      try {
        const noted = await noteTrunk(store, attemptId, line.trunk);
        if (noted.kind === "noted") {
          this.#turn = noted.turn;
          this.#lines.admitted(line, clock());
          return this.way;
        }
        this.#lines.held(line, noted, clock());
      } catch (error) {
        this.#lines.giveBack(line);
        throw error;
      }
    }
  }

  #note(): void {
    if (this.#line.trunk !== null) this.#tried.push(this.#line.trunk.name);
  }
}
