import type { Contender } from "./contender.js";
import { startCallers } from "./load.js";
import { cpuMs, residentMib } from "./process-usage.js";

export interface CallCost {
  readonly contender: string;
  readonly direction: "in" | "out";
  readonly rate: number;
  readonly calls: number;
  readonly failed: number;
  /** CPU milliseconds a call. */
  readonly asteriskMs: number;
  readonly controllerMs: number;
  readonly troubles: readonly string[];
}

let numbers = 0;
/** Mobile numbers that nobody has had before in this run. */
export function freshNumbers(count: number): string[] {
  return Array.from({ length: count }, () => `0901${String(1_000_000 + ++numbers)}`);
}

/** What a call in costs. `numbers` are told to the contender a second ahead of the calls. */
export async function measureCallsIn(contender: Contender, rate: number, calls: number): Promise<CallCost> {
  const before = usage(contender);
  const people = freshNumbers(calls);
  const told = contender.await(people, rate);
  await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  const { did, sipPort } = contender;
  const load = await startCallers({ rate, calls, did, sipPort, numbers: people });
  const result = await load.done;
  await told;
  const after = usage(contender);
  return {
    contender: contender.name,
    direction: "in",
    rate,
    calls,
    failed: result.failed + (calls - result.failed - result.successful),
    asteriskMs: (after.asterisk - before.asterisk) / calls,
    controllerMs: (after.controller - before.controller) / calls,
    troubles: [...(result.failed > 0 ? [result.errors] : []), ...(await contender.check())],
  };
}

function usage({ asteriskPid, controllerPid }: Contender): { asterisk: number; controller: number } {
  return { asterisk: cpuMs(asteriskPid), controller: controllerPid === null ? 0 : cpuMs(controllerPid) };
}

export function memory({ asteriskPid, controllerPid }: Contender): number {
  return residentMib(asteriskPid) + (controllerPid === null ? 0 : residentMib(controllerPid));
}
