import type { WaitReason } from "../verification/wait-reason.js";
import type { CallQueue, Waiting } from "./call-queue.js";

/** What stands in the way of all of them. */
interface Surroundings<Call> {
  readonly isLinkUp: boolean;
  readonly hasFreeLine: (call: Call) => boolean;
}

/** What each call waits for, by the `seq` of its verification. @param later those that are due later. */
export function whyWaiting<Call extends Waiting>(
  queue: Pick<CallQueue<Call>, "waits">,
  later: Iterable<number>,
  { isLinkUp, hasFreeLine }: Surroundings<Call>,
  now: number,
): Map<number, WaitReason> {
  const reasons = new Map<number, WaitReason>();
  for (const seq of later) reasons.set(seq, "pause");
  for (const [call, why] of queue.waits(now)) {
    const { seq } = call;
    if (why === "number") reasons.set(seq, why);
    else if (!isLinkUp) reasons.set(seq, "link");
    // A client whose limits let it call waits for a line, or, where one is free, for the pace of the trunk.
    else reasons.set(seq, why === "client" || hasFreeLine(call) ? "turn" : "line");
  }
  return reasons;
}
