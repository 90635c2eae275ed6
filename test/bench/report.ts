import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadavg } from "node:os";
import { format, resolveConfig } from "prettier";

import { PROJECT_DIR } from "../phones/programs.js";
import type { Bench, BenchOptions, Plot, Report, Table } from "./bench.js";
import { machine } from "./machine.js";

const FOLDER = join(PROJECT_DIR, "docs/benchmarks");

/** Runs one bench, prints its tables and writes `docs/benchmarks/<name>.md` and `.json`. */
export async function runBench(bench: Bench, options: BenchOptions): Promise<void> {
  const startedAt = new Date();
  const before = load();
  // Before the run: what is measured is what is there now.
  const here = await machine();
  const findings = await bench.run(options);
  const { plots = [], ...said } = findings;
  const report: Report = {
    name: bench.name,
    title: bench.title,
    machine: here,
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    load: { before, after: load() },
    ...said,
  };
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, bench.name);
  for (const plot of plots) await writeFile(`${file}-${plot.name}.svg`, plot.svg);
  const markdown = await format(page(report, plots), {
    ...(await resolveConfig(`${file}.md`)),
    filepath: `${file}.md`,
  });
  await writeFile(`${file}.md`, markdown);
  await writeFile(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\n${markdown}`);
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

function page(report: Report, plots: readonly Plot[]): string {
  const { cpu, cores, memoryGiB, system, node, asterisk, honnin } = report.machine;
  return [
    `# ${report.title}`,
    `Written by \`npm run bench -- ${report.name}\`; not edited by hand.`,
    ...report.notes,
    ...plots.map((plot) => `![${plot.name}](${report.name}-${plot.name}.svg)`),
    ...report.tables.flatMap((table) => [`## ${table.title}`, markdownTable(table)]),
    "## Where and when",
    markdownTable({
      title: "",
      columns: ["", ""],
      rows: [
        ["Machine", `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}`],
        ["Versions", `Asterisk ${asterisk}, Node ${node}, Honnin ${honnin}`],
        ["Begun", `${report.startedAt.slice(0, 16).replace("T", " ")} UTC, ${report.seconds} s`],
        ["Load average", `${report.load.before} before, ${report.load.after} after, its own part included`],
      ],
    }),
  ].join("\n\n");
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
