import { takeTurn } from "../acts/shared-limits.js";
import type { CallParts } from "./call-parts.js";
import { departure } from "./departure.js";
import type { TrunkLines } from "./trunk-lines.js";
import type { TrunkRoute } from "./way.js";

/** When calls may leave by their trunks: the nodes on one database agree there, a service alone with itself. */
export class TrunkTurns {
  readonly #parts: Pick<CallParts, "store" | "clock">;
  readonly #lines: TrunkLines;

  constructor(parts: Pick<CallParts, "store" | "clock">, lines: TrunkLines) {
    this.#parts = parts;
    this.#lines = lines;
  }

  /**
   * Waits for it.
   *
   * @param turn that was reserved when the call was noted; null: none yet.
   * @returns whether the call may leave, and is to leave at once.
   * @throws {StoreUnavailableError}
   */
  wait(trunk: TrunkRoute | null, turn: number | null, abandoned: AbortSignal): Promise<boolean> {
    // A test telephone has no carrier that counts.
    if (trunk === null) return Promise.resolve(!abandoned.aborted);
    const { store, clock } = this.#parts;
    const take = store.isShared
      ? (leadMs: number): Promise<number> => takeTurn(store, trunk, leadMs)
      : (leadMs: number): Promise<number> => Promise.resolve(this.#lines.turn(trunk.name, clock(), leadMs));
    return departure(turn, take, clock, abandoned);
  }
}
