import { StoreUnavailableError } from "../store/store-unavailable.js";
import type { CallWays } from "./call-ways.js";

/**
 * Waits for a call's turn by its trunk. Never rejects.
 *
 * @param onTrouble told of what it failed by.
 * @returns `come`: it is to leave at once. `not_ours`: it was abandoned, or the database is away; whoever may makes it.
 * `missed`: a service that missed turn after turn would miss the next as well.
 */
export async function awaitedTurn(
  ways: CallWays,
  onTrouble: (error: unknown) => void,
): Promise<"come" | "not_ours" | "missed"> {
  try {
    return (await ways.comesToTurn()) ? "come" : "not_ours";
  } catch (error) {
    onTrouble(error);
    return error instanceof StoreUnavailableError ? "not_ours" : "missed";
  }
}
