import type { WaitReason } from "../verification/wait-reason.js";
import type { CallQueue } from "./call-queue.js";

/** What stands in the way of all of them. */
interface Surroundings {
  readonly isLinkUp: boolean;
  readonly hasFreeLine: boolean;
}

/** What each call waits for, by the `seq` of its verification. @param later those that are due later. */
export function whyWaiting(
  queue: Pick<CallQueue, "waits">,
  later: Iterable<number>,
  { isLinkUp, hasFreeLine }: Surroundings,
  now: number,
): Map<number, WaitReason> {
  const reasons = new Map<number, WaitReason>();
  for (const seq of later) reasons.set(seq, "pause");
  for (const [seq, why] of queue.waits(now)) {
    if (why === "number") reasons.set(seq, why);
    else if (!isLinkUp) reasons.set(seq, "link");
    // A client whose limits let it call waits for a line, or, where one is free, for the pace of the trunk.
    else reasons.set(seq, why === "client" || hasFreeLine ? "turn" : "line");
  }
  return reasons;
}
