import path from "node:path";
import { freeUdpPort } from "../phones/ports.js";
import { tempDir } from "../support/temp-dir.js";
import type { Bench, Findings, Table } from "./bench.js";
import { honninContender } from "./calls/contenders/honnin.js";
import { type CallCost, callBothWays, costOfCallsIn } from "./calls/cpu-per-call.js";
import { type Sample, sampled, SAMPLES_A_MINUTE, takeSamples } from "./calls/service-samples.js";
import { slope, tenth } from "./figures.js";
import { linePlot } from "./line-plot.js";
import { percentile } from "./percentiles.js";

const CALLS = 100_000;
/** So many in half an hour. */
const RATE = CALLS / 1_800;
const WARM_UP = 200;

export const soak: Bench = {
  name: "soak",
  title: "Thirty minutes under load",
  long: true,
  run: async ({ calls = CALLS, progress }) => {
    const trunk = await freeUdpPort();
    const dir = await tempDir();
    const memoryFile = path.join(dir.path, "memory.json");
    const honnin = await honninContender(trunk, sampled(memoryFile));
    try {
      await callBothWays(honnin, trunk, WARM_UP);
      const samples: Sample[] = [];
      const cost = await costOfCallsIn(honnin, RATE, calls, {
        watch: (load) =>
          takeSamples(honnin, load, memoryFile, (sample) => {
            samples.push(sample);
            if (samples.length % SAMPLES_A_MINUTE !== 1) return;
            const { nodeMib, asteriskMib } = sample;
            progress(
              `  ${sample.calls} calls, ${sample.failed} failed: Node ${nodeMib.toFixed(0)} MiB, Asterisk ${asteriskMib.toFixed(0)} MiB`,
            );
          }),
      });
      return findings(cost, samples);
    } finally {
      await honnin.stop();
      await dir.remove();
    }
  },
};

function findings(cost: CallCost, samples: readonly Sample[]): Findings {
  const line = (name: string, mib: (sample: Sample) => number) => ({
    name,
    points: samples.map((sample) => [sample.calls, mib(sample)] as const),
  });
  return {
    notes: [
      `${cost.calls.toLocaleString("en")} calls that come in at ${tenth(cost.rate)} a second, each registered over TLS, durable in SQLite, its events read by a WebSocket; keyed half a second after the answer and hung up during the verdict. SIPp and the registrations run on the same machine.`,
      `${cost.failed} failed. ${cost.troubles.length === 0 ? "Every one ended verified in the store." : `Seen: ${cost.troubles.join("; ")}.`} CPU a call over all: Asterisk ${tenth(cost.asteriskMs)} ms, Node ${tenth(cost.controllerMs)} ms.`,
      "A sample every ten seconds. The heap is what is in use, what waits for its collection included. Quarters and halves are of the calls.",
    ],
    tables: [memory(cost.calls, samples), minutes(samples)],
    plots: [
      {
        name: "memory",
        svg: linePlot("Memory under load", { x: "calls", y: "MiB" }, [
          line("Node, resident", (sample) => sample.nodeMib),
          line("Asterisk, resident", (sample) => sample.asteriskMib),
          line("Node's heap in use", (sample) => sample.heapMib),
        ]),
      },
    ],
  };
}

function memory(calls: number, samples: readonly Sample[]): Table {
  const within = (from: number, to: number): Sample[] =>
    samples.filter((sample) => sample.calls >= from * calls && sample.calls <= to * calls);
  const row = (name: string, mib: (sample: Sample) => number): (string | number)[] => [
    name,
    tenth(percentile(within(0, 0.25).map(mib), 50)),
    tenth(percentile(within(0.75, 1).map(mib), 50)),
    tenth(slope(within(0.5, 1).map((sample) => [sample.calls / 1_000, mib(sample) * 1_024] as const))),
  ];
  return {
    title: "Memory",
    columns: [
      "",
      "first quarter, median MiB",
      "last quarter, median MiB",
      "slope of the second half, KiB per 1,000 calls",
    ],
    rows: [
      row("Node, resident", (sample) => sample.nodeMib),
      row("Node, heap in use", (sample) => sample.heapMib),
      row("Asterisk, resident", (sample) => sample.asteriskMib),
    ],
  };
}

/** Sizes as they are at the end of each minute. */
function minutes(samples: readonly Sample[]): Table {
  const ends = samples.filter(
    (_sample, index) => index > 0 && (index % SAMPLES_A_MINUTE === 0 || index === samples.length - 1),
  );
  let before = samples[0];
  const rows = ends.map((end, minute) => {
    const calls = end.calls - (before?.calls ?? 0);
    const per = (value: (sample: Sample) => number): number =>
      tenth((value(end) - (before === undefined ? 0 : value(before))) / calls);
    const row = [
      minute + 1,
      calls,
      end.failed - (before?.failed ?? 0),
      per((sample) => sample.asteriskMs),
      per((sample) => sample.nodeMs),
      ...[end.asteriskMib, end.nodeMib, end.heapMib, end.databaseMib, end.walMib].map(tenth),
    ];
    before = end;
    return row;
  });
  return {
    title: "Minute by minute",
    columns: [
      "minute",
      "calls ended",
      "failed",
      "Asterisk, ms a call",
      "Node, ms a call",
      "Asterisk, MiB",
      "Node, MiB",
      "heap, MiB",
      "database, MiB",
      "WAL, MiB",
    ],
    rows,
  };
}
