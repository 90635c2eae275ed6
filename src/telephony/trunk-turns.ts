import { takeTurn } from "../acts/shared-limits.js";
import type { CallParts } from "./call-parts.js";
import { departure, type TakeTurn } from "./departure.js";
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
    const { clock } = this.#parts;
    return departure(turn, this.#take(trunk), clock, this.#lines.unanswered(trunk.name), abandoned);
  }

  /** A call leaves. @param request by which Asterisk is asked to dial it. */
  leaves(trunk: TrunkRoute | null, request: Promise<unknown>): void {
    if (trunk === null) return;
    this.#lines.unanswered(trunk.name).follow(request, () => {
      // Nobody leaves at this one. Where the database is away nobody begins a call either.
      this.#take(trunk)(0).catch(() => undefined);
    });
  }

  #take(trunk: TrunkRoute): TakeTurn {
    const { store, clock } = this.#parts;
    if (store.isShared) return (leadMs) => takeTurn(store, trunk, leadMs);
    return (leadMs) => Promise.resolve(this.#lines.turn(trunk.name, clock(), leadMs));
  }
}
