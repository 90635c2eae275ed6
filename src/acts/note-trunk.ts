import { setTrunk } from "../store/attempts.js";
import { AttemptClosedError } from "../store/store-unavailable.js";
import type { Store } from "../store/store.js";
import { type Held, keepTurn, lookAtTrunk, type TrunkShare } from "./shared-limits.js";

interface NotedTrunk {
  readonly kind: "noted";
  /** Its turn by that trunk, as when a call begins. */
  readonly turn: number | null;
}

/**
 * Notes by which trunk a call goes on, before it does; unless other nodes' calls leave it no room there.
 *
 * @param trunk null: a test telephone.
 * @throws {AttemptClosedError} when another has ended it meanwhile: it is not to be dialled again.
 */
export function noteTrunk(
  store: Store,
  attemptId: string,
  trunk: TrunkShare | null,
): Promise<NotedTrunk | Held> {
  return store.write(async (db) => {
    const turn = trunk !== null && store.isShared ? await lookAtTrunk(db, trunk, store.now()) : null;
    if (turn?.kind === "held") return turn;
    const noted = await setTrunk(db, { id: attemptId, trunk: trunk?.name ?? null });
    if (noted === undefined) throw new AttemptClosedError();
    if (trunk !== null && turn !== null) await keepTurn(db, trunk, turn);
    return { kind: "noted", turn: turn?.at ?? null };
  });
}
