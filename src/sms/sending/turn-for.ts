import type { ShortMessage } from "../sms-sender.js";
import type { SendingTurns } from "./sending-turns.js";
import type { Untried } from "./way.js";

/** Waits for a message's turn. @returns null: it has come, the message is wanted still, and the turn is to be given back. */
export async function turnFor(
  { giveUpAt, onTurn }: Pick<ShortMessage, "giveUpAt" | "onTurn">,
  turns: SendingTurns,
): Promise<Untried | null> {
  const end = await turns.take(giveUpAt);
  if (end !== "come") return { kind: "untried", why: end === "none" ? "no_turn" : "put_back" };
  try {
    if (await onTurn()) return null;
    turns.giveBack();
    return { kind: "untried", why: "unwanted" };
  } catch {
    turns.giveBack();
    return { kind: "untried", why: "put_back" };
  }
}
