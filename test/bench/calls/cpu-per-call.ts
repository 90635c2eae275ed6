import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "./contender.js";
import { type Load, startCalled, startCallers } from "./load.js";
import { cpuMs, residentMib } from "./process-usage.js";

export interface CallCost {
  readonly contender: string;
  readonly direction: "in" | "out";
  readonly rate: number;
  readonly calls: number;
  readonly failed: number;
  /** From the first registration to the end of the last call. */
  readonly seconds: number;
  /** From the first call to the beginning of the last, whole seconds. */
  readonly begunWithinS: number;
  /** CPU milliseconds a call. */
  readonly asteriskMs: number;
  readonly controllerMs: number;
  readonly troubles: readonly string[];
}

/** What is told of calls goes this far ahead of them, milliseconds. */
const AHEAD_MS = 1_000;

/** Of calls whose cost is not looked at, a second. */
const BOTH_WAYS_RATE = 60;

let numbers = 0;
/** Mobile numbers that nobody has had before in this run. */
export function freshNumbers(count: number): string[] {
  return Array.from({ length: count }, () => `0901${String(1_000_000 + ++numbers)}`);
}

/** What the people who call in do, and who looks on. */
interface CallsIn {
  readonly keysAfterMs?: number;
  /** Begun with the calls; has to end before they are counted. */
  readonly watch?: (load: Load) => Promise<void>;
}

/** What a call that comes in costs. */
export function costOfCallsIn(
  contender: Contender,
  rate: number,
  calls: number,
  { watch, ...people }: CallsIn = {},
): Promise<CallCost> {
  return measure(contender, "in", rate, calls, async (numbers) => {
    const told = contender.await(numbers, rate);
    await Promise.race([told, delay(AHEAD_MS)]);
    const { did, sipPort } = contender;
    const load = await startCallers({ ...people, rate, calls, did, sipPort, numbers });
    await Promise.all([told, watch?.(load)]);
    return load;
  });
}

/** What a call that goes out costs. @param trunkPort where the people behind the trunk are called. */
export function costOfCallsOut(
  contender: Contender,
  rate: number,
  calls: number,
  trunkPort: number,
): Promise<CallCost> {
  return measure(contender, "out", rate, calls, async (people) => {
    const load = await startCalled({ calls, port: trunkPort });
    await contender.call(people, rate);
    return load;
  });
}

/** So many calls each way, whose cost is not looked at. */
export async function callBothWays(contender: Contender, trunkPort: number, calls: number): Promise<void> {
  await costOfCallsIn(contender, BOTH_WAYS_RATE, calls);
  await costOfCallsOut(contender, BOTH_WAYS_RATE, calls, trunkPort);
}

async function measure(
  contender: Contender,
  direction: "in" | "out",
  rate: number,
  calls: number,
  begin: (people: readonly string[]) => Promise<Load>,
): Promise<CallCost> {
  const begun = performance.now();
  const before = cpuUse(contender);
  const load = await begin(freshNumbers(calls));
  const { successful, errors, begunWithinS } = await load.done;
  const after = cpuUse(contender);
  const seconds = (performance.now() - begun) / 1000;
  return {
    contender: contender.name,
    direction,
    rate,
    calls,
    failed: calls - successful,
    seconds,
    begunWithinS,
    asteriskMs: (after.asterisk - before.asterisk) / calls,
    controllerMs: (after.controller - before.controller) / calls,
    troubles: [...(errors === "" ? [] : [errors]), ...(await contender.check())],
  };
}

/** CPU milliseconds so far. */
export interface CpuUse {
  readonly asterisk: number;
  readonly controller: number;
}

export function cpuUse({ asteriskPid, controllerPid }: Contender): CpuUse {
  return { asterisk: cpuMs(asteriskPid), controller: controllerPid === null ? 0 : cpuMs(controllerPid) };
}

/** Resident memory of all that a contender consists of, MiB. */
export function memoryMib({ asteriskPid, controllerPid }: Contender): number {
  return residentMib(asteriskPid) + (controllerPid === null ? 0 : residentMib(controllerPid));
}
