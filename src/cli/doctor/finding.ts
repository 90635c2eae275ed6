import type { Config } from "../../config.js";
import type { ServiceSettings } from "../../service/service-settings.js";
import type { Standing } from "../../service/standing.js";
import type { Store } from "../../store/store.js";
import type { Both } from "../both.js";

/** `error`: calls or results fail. `warning`: they will, or some do. `note`: to be known. */
export type Severity = "error" | "warning" | "note";

/** A finding as the manual lists it; what was seen is added when it is made. */
export interface FindingWords {
  readonly severity: Severity;
  readonly what: Both;
  readonly cause: Both;
  readonly remedy: Both;
}

/** By their stable ids. */
export type FindingTable = Readonly<Record<string, FindingWords>>;

/** Something that is not as it should be. */
interface Found<Id extends string> {
  readonly id: Id;
  /** Facts, the same in every language: names of settings, files, numbers, programs. No secret and no whole number. */
  readonly seen: string;
}

/** What may be found by a table. */
export type FoundIn<Table extends FindingTable> = Found<keyof Table & string>;

/** What is looked at. Whatever could not be had is null: its absence is a finding of one group, and of no other. */
export interface Patient {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The folder, even where the settings are wrong. */
  readonly dataDir: string;
  /** The data key. */
  readonly keyFile: string;
  /** Null: they are wrong. */
  readonly config: Config | null;
  readonly settings: ServiceSettings | null;
  /** Opened to be read; null: it cannot be. */
  readonly store: Store | null;
  /** Why it cannot. */
  readonly storeError: unknown;
  /** Null: no service runs, or it does not answer. */
  readonly standing: Standing | null;
  /** Of the service by its own word; null: none was left, or it is gone. */
  readonly pid: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Findings of one kind, and how they are made. A check throws nothing: what it cannot look at it leaves out. */
export interface FindingGroup {
  readonly title: Both;
  readonly findings: FindingTable;
  readonly look: (patient: Patient) => Promise<readonly Found<string>[]>;
}

/** Ties what a group may find to its table. */
export function group<const Table extends FindingTable>(
  title: Both,
  findings: Table,
  look: (patient: Patient) => Promise<readonly FoundIn<NoInfer<Table>>[]>,
): FindingGroup {
  return { title, findings, look };
}
