import type { Machine } from "./machine.js";

/** One table of a report. Numbers are printed as they are: round them before. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A drawing beside the report: docs/benchmarks/<bench>-<name>.svg. */
export interface Plot {
  readonly name: string;
  readonly svg: string;
}

/** What a bench has measured. */
export interface Findings {
  /** What was done, one sentence or two a paragraph. */
  readonly notes: readonly string[];
  readonly tables: readonly Table[];
  readonly plots?: readonly Plot[];
}

/**
 * Settings of a run; `--calls N`, `--digits N`, `--at-once N`, `--stored N` of the command. A bench takes what
 * it understands.
 */
export interface BenchOptions {
  readonly calls?: number;
  readonly digits?: number;
  readonly atOnce?: number;
  readonly stored?: number;
  /** What people who wait want to read. */
  readonly progress: (line: string) => void;
}

/** A measurement: one file here, listed in `main.ts`. */
export interface Bench {
  /** Of the command and of the files in docs/benchmarks. */
  readonly name: string;
  readonly title: string;
  /** Runs only when it is named. */
  readonly long?: true;
  readonly run: (options: BenchOptions) => Promise<Findings>;
}

/** As it is stored in docs/benchmarks/<name>.json. */
export interface Report extends Omit<Findings, "plots"> {
  readonly name: string;
  readonly title: string;
  readonly machine: Machine;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Highest 1-minute load average seen at begin and end: others' work makes figures worse. */
  readonly load: { readonly before: number; readonly after: number };
}
