import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { PROJECT_DIR } from "../phones/programs.js";

export const RULES = "deploy/prometheus/honnin.rules.yaml";
const DASHBOARD = "deploy/grafana/honnin.json";

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const read = (file: string): string => readFileSync(path.join(PROJECT_DIR, file), "utf8");

export const ALERTS: readonly Alert[] = (
  parse(read(RULES)) as { groups: readonly { rules: readonly Alert[] }[] }
).groups.flatMap(({ rules }) => rules);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly panels?: readonly Panel[];
}

function expressionsOf(panels: readonly Panel[]): string[] {
  return panels.flatMap(({ targets = [], panels: inner = [] }) => [
    ...targets.map(({ expr }) => expr),
    ...expressionsOf(inner),
  ]);
}

/** Every expression of the dashboard. */
export function dashboardExpressions(): string[] {
  return expressionsOf((JSON.parse(read(DASHBOARD)) as { panels: readonly Panel[] }).panels);
}

/** Our series in an expression, as families: a histogram's three have one name. */
export function familiesIn(expression: string): string[] {
  return [...expression.matchAll(/\b(?:honnin|nodejs|process)_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ""),
  );
}
