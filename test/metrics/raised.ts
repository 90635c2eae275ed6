import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";
import { ALERTS, familiesIn, RULES } from "./deployed.js";
import { promtool } from "./promtool.js";
import type { Sample, Scrape } from "./scrape.js";

/** How long each of the two scrapes stands, in minutes: longer than the longest `for:` of a rule. */
const MINUTES = 30;

/** How long things take on a machine that has much else to do says nothing of the fault that was made. */
const OF_THE_MACHINE = new Set([
  "nodejs_eventloop_lag_p99_seconds",
  "honnin_ari_request_seconds",
  "honnin_call_verdict_seconds",
  "honnin_store_write_seconds",
]);
const READ = new Set(
  ALERTS.flatMap(({ expr }) => familiesIn(expr)).filter((family) => !OF_THE_MACHINE.has(family)),
);

/**
 * Holds the rules against what a service showed: as it was for half an hour, and then with a fault for half an hour.
 * None is raised before it, and these and no others after.
 *
 * @param after null: the service did not answer.
 * @throws {AssertionError} with what promtool says of it.
 */
export async function expectRaised(
  before: Scrape,
  after: Scrape | null,
  alerts: readonly string[],
): Promise<void> {
  const test = {
    name: alerts.join(),
    interval: "1m",
    input_series: [...seriesOf(before, after)].map(([series, values]) => ({ series, values })),
    promql_expr_test: [firing(MINUTES - 1, []), firing(2 * MINUTES - 1, alerts)],
  };
  const dir = await tempDir();
  try {
    const file = path.join(dir.path, "faults.test.yaml");
    const rules = path.join(PROJECT_DIR, RULES);
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "1m", tests: [test] }));
    const { code, said } = await promtool("test", "rules", file);
    expect(code, said).to.equal(0);
  } finally {
    await dir.remove();
  }
}

/** Which alerts have been firing at any time of the half hour until then. */
function firing(minute: number, alerts: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    expr: `group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[${String(MINUTES)}m]))`,
    eval_time: `${String(minute)}m`,
    exp_samples: alerts.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
  };
}

/** A series that a scrape does not have is no 0: a rule that counts growth does not see its first value. */
function seriesOf(before: Scrape, after: Scrape | null): Map<string, string> {
  const [had, has] = [valuesOf(before), valuesOf(after)];
  const series = new Map<string, string>();
  for (const key of new Set([...had.keys(), ...has.keys()])) {
    const [first, second] = [had.get(key) ?? "_", has.get(key)];
    const gone = second === undefined ? ["stale", ...repeated("_", MINUTES - 1)] : repeated(second, MINUTES);
    series.set(key, [...repeated(first, MINUTES), ...gone].join(" "));
  }
  return series;
}

const repeated = (value: string, times: number): string[] => Array.from({ length: times }, () => value);

/** By what the series is called with the labels that a scrape gives it; `up` is Prometheus' own. */
function valuesOf(scrape: Scrape | null): Map<string, string> {
  const own = scrape?.samples.filter(({ name }) => familiesIn(name).some((family) => READ.has(family))) ?? [];
  const up: Sample = { name: "up", labels: {}, value: scrape === null ? 0 : 1 };
  return new Map([up, ...own].map(({ name, labels, value }) => [named(name, labels), String(value)]));
}

function named(name: string, labels: Sample["labels"]): string {
  const all = Object.entries({ ...labels, job: "honnin", instance: "a" });
  return `${name}{${all.map(([key, said]) => `${key}="${said}"`).join()}}`;
}
