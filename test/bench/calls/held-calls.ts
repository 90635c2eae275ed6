import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { channelsUp } from "./ari-channels.js";
import type { HonninContender } from "./contenders/honnin.js";
import { type CallCost, costOfCallsIn, cpuUse } from "./cpu-per-call.js";

/** The calls come within that time, whatever their number. */
const COMING_S = 20;
/** Then all are up for that long, until the first has its code keyed. */
const ALL_UP_S = 6;
/** In the middle of that time. */
const LOOKED_AT_S = 4;

/**
 * Of a service that waits for a first key as short as can be: then greeting and question, and twice the
 * question again, fill 32 s, and whoever keys within {@link COMING_S} + {@link ALL_UP_S} seconds has heard
 * guidance all the time.
 */
export const GUIDANCE_WITHOUT_PAUSE = { HONNIN_FIRST_KEY_SECONDS: "0.2" };

/** Calls that were up at the same time. */
export interface HeldCalls {
  readonly calls: number;
  readonly cost: CallCost;
  /** The most that SIPp had at one time. */
  readonly mostAtOnce: number;
  /** That Asterisk said were up, once, while all should have been; null: it did not answer in time. */
  readonly channelsUp: number | null;
  /** UDP datagrams sent on this machine a second and call while all were up: 50 when each gets its sound. */
  readonly datagrams: number;
  /** CPU milliseconds a second and call while all were up. */
  readonly asteriskMs: number;
  readonly controllerMs: number;
}

/** People who hear guidance, all at the same time, before they key their code. */
export async function holdCalls(honnin: HonninContender, calls: number): Promise<HeldCalls> {
  let seen: Omit<HeldCalls, "calls" | "cost"> = {
    mostAtOnce: 0,
    channelsUp: null,
    datagrams: 0,
    asteriskMs: 0,
    controllerMs: 0,
  };
  const cost = await costOfCallsIn(honnin, calls / COMING_S, calls, {
    keysAfterMs: (COMING_S + ALL_UP_S) * 1000,
    watch: async (load) => {
      // The first second of all being up is for the last of them to be answered.
      await delay((COMING_S + 1) * 1000);
      const before = look(honnin);
      await delay((LOOKED_AT_S - 1) * 1000);
      const after = look(honnin);
      const { mostAtOnce } = await load.counts();
      const per = (value: number): number => value / ((after.at - before.at) / 1000) / calls;
      seen = {
        mostAtOnce,
        // Asterisk may be too busy: that is a finding, and no reason to lose the others.
        channelsUp: await channelsUp(honnin.dataDir).catch(() => null),
        datagrams: per(after.datagrams - before.datagrams),
        asteriskMs: per(after.cpu.asterisk - before.cpu.asterisk),
        controllerMs: per(after.cpu.controller - before.cpu.controller),
      };
    },
  });
  return { calls, cost, ...seen };
}

function look(honnin: HonninContender): { at: number; datagrams: number; cpu: ReturnType<typeof cpuUse> } {
  return { at: performance.now(), datagrams: datagramsSent(), cpu: cpuUse(honnin) };
}

/** By every process of this machine since its start (proc(5), /proc/net/snmp). */
function datagramsSent(): number {
  const [names = [], values = []] = readFileSync("/proc/net/snmp", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Udp: "))
    .map((line) => line.split(" "));
  return Number(values[names.indexOf("OutDatagrams")]);
}
