import type { MessageOutcome } from "./status.js";

/**
 * What a message that came so far means for its verification. `await_check`: what the person types is awaited, and the
 * next leg begins in its time. `go_on`: it begins now; where there is none the verification fails, unless the person
 * may have the code all the same, as of a message that may have gone.
 */
export function afterMessage(outcome: MessageOutcome): "await_check" | "go_on" {
  return outcome === "sent" || outcome === "delivered" ? "await_check" : "go_on";
}
