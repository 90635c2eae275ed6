import type { Bench } from "./bench.js";
import { compareDatabases, HOW_DATABASES } from "./scale/both-databases.js";
import { climb, type Step } from "./scale/nodes-in-steps.js";
import { costPlot, HOW_STEPS, stepTables, whatSaturates } from "./scale/steps-report.js";
import { callThousands, COUNT, HOW_THOUSANDS } from "./scale/ten-thousand.js";

const MOST_NODES = 3;

export const scale: Bench = {
  name: "scale",
  title: "Outgrowing one machine: SQLite and PostgreSQL, one to three nodes",
  long: true,
  run: async (options) => {
    const { calls, progress } = options;
    const databases = await compareDatabases(options);
    const climbs: Step[][] = [];
    for (let nodes = 1; nodes <= MOST_NODES; nodes += 1) climbs.push(await climb(nodes, calls, progress));
    const thousands = await callThousands(calls ?? COUNT, progress);
    return {
      notes: [HOW_DATABASES, HOW_STEPS, ...whatSaturates(climbs), HOW_THOUSANDS],
      tables: [...databases, ...stepTables(climbs), thousands],
      plots: [costPlot(climbs)],
    };
  },
};
