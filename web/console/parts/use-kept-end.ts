import { useEffect, useState } from "preact/hooks";
import type { LiveCall } from "../../../src/console/contract/live.js";
import type { TestCall } from "../../../src/console/contract/test-calls.js";
import type { Found } from "../../../src/console/contract/verifications.js";
import { isFinal } from "../../../src/verification/status.js";
import { ask } from "../api.js";

/** How often the kept verification is looked at while nothing is heard of its call, ms. */
const LOOK_MS = 5_000;

type End = Pick<LiveCall, "status" | "reason" | "outcome">;

/**
 * How a verification ended of whose call nothing is heard: it has not begun, or it ended longer ago than the service
 * tells of, or before the service started. What is kept says which.
 *
 * @returns null while it has not ended, or is heard of.
 */
export function useKeptEnd({ verification_id: id }: TestCall, isUnknown: boolean): End | null {
  const [end, setEnd] = useState<End | null>(null);
  useEffect(() => {
    if (!isUnknown || end !== null) return;
    const left = new AbortController();
    let timer: number | undefined;
    const look = async (): Promise<void> => {
      try {
        const { verifications } = await ask<Found>("POST", "verifications/search", { id }, left.signal);
        const kept = verifications.find((one) => one.id === id);
        if (kept !== undefined && isFinal(kept.status)) setEnd({ ...kept, outcome: null });
      } catch {
        // The connection says so on the page where the service is not there; it is tried again below.
      }
      if (!left.signal.aborted) timer = window.setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      left.abort();
      window.clearTimeout(timer);
    };
  }, [id, isUnknown, end]);
  return end;
}
