import { availableParallelism } from "node:os";
import type { Plot, Table } from "../bench.js";
import { tenth } from "../figures.js";
import { stackedBars } from "../stacked-bars.js";
import { INVITED_WITHIN_MS, type Step } from "./nodes-in-steps.js";

/** What is used to that part counts as full: what comes in comes unevenly. */
const FULL = 0.9;
const PARTS = ["Honnin", "Asterisk", "PostgreSQL", "Kamailio", "carrier and bench"] as const;

export const HOW_STEPS = `One, two and three nodes, each with its Asterisk, over one PostgreSQL, behind one Kamailio, before a carrier; all of them, whoever registers and one WebSocket a node on the same two cores. Everybody who is called answers, keys six digits and hears the verdict. A rate goes well when every verification ends verified, each was dialled once, nobody was turned away, and of a hundred calls one at most was made later than ${String(INVITED_WITHIN_MS)} ms after it was asked for; the first that does not, twice, ends the climb. CPU a call is up to the end of the last call; how full the cores were, while calls were registered.`;

/** @param climbs of one, two and three nodes. */
export function stepTables(climbs: readonly (readonly Step[])[]): Table[] {
  return [
    {
      title: "One, two and three nodes: the highest rate at which all goes well",
      columns: [
        ...["nodes", "calls a second", "the next, and what went wrong", "times one node"],
        ...["both cores busy, %", "of that others on the machine, %", "fullest Honnin, % of a core"],
        ...["CPU a call, ms"],
      ],
      rows: climbs.map((steps) => limitRow(steps, climbs)),
    },
    {
      title: "Every step: CPU milliseconds a call",
      columns: [
        ...["nodes", "calls a second", "calls", ...PARTS, "together"],
        ...["so many calls a second fill the cores", "both cores busy, %"],
        ...["of that others, %", "POST to INVITE, p50 ms", "p99 ms", "went wrong"],
      ],
      rows: climbs
        .flat()
        .map((step) => [
          ...[step.nodes, step.rate, step.calls],
          ...[...PARTS.map((part) => a(step, part)), together(step)].map((ms) => ms.toFixed(1)),
          Math.floor((availableParallelism() * 1_000) / together(step)),
          ...[percent(step.during.busy), percent(step.during.others)],
          ...[tenth(step.p50), tenth(step.p99), step.troubles.join("; ")],
        ]),
    },
    {
      title: "Every step: the turn to write, which one transaction has at a time",
      columns: [
        ...["nodes", "calls a second", "taken, % of looks", "sessions that waited for it, mean"],
        ...["taken, and the database waited for its node, %", "looks"],
      ],
      rows: climbs
        .flat()
        .map(({ nodes, rate, waits }) => [
          ...[nodes, rate, percent(waits.turnTaken), waits.waitForTurn.toFixed(2)],
          ...[percent(waits.nodeThinks), waits.looks],
        ]),
    },
  ];
}

/** At the highest rate that all have borne. */
export function costPlot(climbs: readonly (readonly Step[])[]): Plot {
  const rate = Math.min(...climbs.map((steps) => highest(steps)?.rate ?? 0));
  const same = climbs.flatMap((steps) => steps.filter((step) => step.rate === rate));
  return {
    name: "cpu",
    svg: stackedBars(
      `CPU milliseconds a call at ${String(rate)} calls a second, without carrier and bench`,
      ["Honnin", "Asterisk", "PostgreSQL, Kamailio"],
      same.map((step) => ({
        name: nodesOf(step),
        parts: [a(step, "Honnin"), a(step, "Asterisk"), a(step, "PostgreSQL") + a(step, "Kamailio")],
      })),
    ),
  };
}

/** A sentence for each climb, out of what was measured where it ended. */
export function whatSaturates(climbs: readonly (readonly Step[])[]): string[] {
  return climbs.flatMap((steps) => {
    const last = steps.at(-1);
    if (last === undefined) return [];
    const parts = [...last.during.parts].sort(([, one], [, other]) => other - one);
    const all = parts.reduce((sum, [, ms]) => sum + ms, 0);
    const shares = parts.map(([part, ms]) => `${part} ${percent(ms / all)} %`).join(", ");
    const measured = measuredAt(last);
    const full = measured.filter(([share]) => share >= FULL).map(([, words]) => words);
    const rest = measured.filter(([share]) => share < FULL).map(([, words]) => words);
    const end = last.troubles.length === 0 ? "went well, and no higher was tried" : last.troubles.join("; ");
    return [
      `${nodesOf(last)} at ${String(last.rate)} calls a second (${end}): ` +
        (full.length > 0
          ? `full is ${full.join(" and ")}; not so ${rest.join(", ")}.`
          : `nothing is full: ${rest.join(", ")}.`) +
        ` Of what was used: ${shares}.`,
    ];
  });
}

/** Of 0 to 1, and in words. */
function measuredAt({ during, waits }: Step): [number, string][] {
  const thread = (part: string): [number, string] => {
    const share = during.fullest.get(part) ?? 0;
    return [share, `the fullest process of ${part} (${percent(share)} % of a core)`];
  };
  return [
    [
      during.busy,
      `the processor (both cores ${percent(during.busy)} % busy, ${percent(during.others)} % by others on the machine)`,
    ],
    thread("Honnin"),
    thread("carrier and bench"),
    [waits.turnTaken, `the turn to write (taken in ${percent(waits.turnTaken)} % of looks)`],
  ];
}

function limitRow(steps: readonly Step[], climbs: readonly (readonly Step[])[]): (string | number)[] {
  const best = highest(steps);
  const beyond = steps.at(-1);
  const one = highest(climbs[0] ?? [])?.rate ?? NaN;
  const wrong =
    beyond === best || beyond === undefined
      ? "no higher was tried"
      : `${String(beyond.rate)}: ${beyond.troubles.join("; ")}`;
  if (best === undefined) return [beyond?.nodes ?? 0, 0, wrong, "", "", "", "", ""];
  return [
    ...[best.nodes, best.rate, wrong, (best.rate / one).toFixed(2)],
    ...[percent(best.during.busy), percent(best.during.others)],
    ...[percent(best.during.fullest.get("Honnin") ?? NaN), together(best).toFixed(1)],
  ];
}

function highest(steps: readonly Step[]): Step | undefined {
  return steps.findLast((step) => step.troubles.length === 0);
}

/** CPU milliseconds a call. */
function a({ whole, calls }: Step, part: string): number {
  return (whole.parts.get(part) ?? NaN) / calls;
}

function together(step: Step): number {
  return PARTS.reduce((sum, part) => sum + a(step, part), 0);
}

function percent(share: number): number {
  return Math.round(share * 100);
}

function nodesOf({ nodes }: Step): string {
  return `${String(nodes)} ${nodes === 1 ? "node" : "nodes"}`;
}
