import type { Kysely } from "kysely";
import type { UsageCounts } from "./count-usage.js";
import type { DatabaseCopies } from "./database-copies.js";
import type { DatabaseAge } from "./database-version.js";
import type { OnBatch, Urgency, Work } from "./group-commit.js";
import type { NodeIdentity } from "./nodes.js";
import type { Schema } from "./schema.js";
import type { StatisticsSpan, StatisticsStep } from "./statistics-tally.js";

/** What is counted: a client's use from one time to another, epoch milliseconds. */
export interface MeterReading {
  readonly clientId: string;
  readonly from: number;
  readonly to: number;
  readonly includedCalls: number;
}

/** Of which time statistics are wanted. */
export interface StatisticsQuestion extends StatisticsSpan {
  /** Null: of all clients together. */
  readonly clientId: string | null;
  /** Until when a call has lasted that has not ended. */
  readonly now: number;
}

/** Counts what clients used, without holding up the event loop. */
export interface UsageMeter {
  /** @throws {StoreUnavailableError} when it cannot be read, or not in time. */
  read(reading: MeterReading): Promise<UsageCounts>;
  /**
   * What became of the verifications of a time, step by step. An answer may be some seconds old.
   *
   * @throws {StoreUnavailableError} when it cannot be read, or not in time, or too many ask.
   */
  statistics(question: StatisticsQuestion): Promise<readonly StatisticsStep[]>;
  /** What the database takes on its disk. @throws {StoreUnavailableError} when it cannot be asked. */
  bytes(): Promise<number>;
}

/** A database that is open. What every dialect gives; a folder each. */
export interface Database {
  /** Sees what is committed, and cannot write. */
  readonly reader: Kysely<Schema>;
  /**
   * A number that is another whenever another process has changed the database since (a command beside the service,
   * another node), and is the same whatever this process writes: what was read and kept need not be read again while
   * it is the same. Asked at every commit, so it has to be known without asking anybody far away.
   */
  readonly foreignVersion: number;
  /** Whether other nodes may use it at the same time. */
  readonly isShared: boolean;
  /** The time that all who use it have in common, epoch milliseconds. */
  now(): number;
  /**
   * Makes this process a node, in a transaction of its own.
   *
   * @param join gives it its epoch. From then on no other epoch of it writes anything by this.
   * @throws {StoreUnavailableError}
   */
  joinBy(join: Work<NodeIdentity>): Promise<NodeIdentity>;
  /**
   * Runs work in a durable transaction, shared with what others write in the same moment.
   *
   * @throws {StoreUnavailableError} when the database refuses it, or it is closed; whatever the work throws.
   * @throws {NodeFencedError} when this node was given up by the others.
   */
  write<T>(work: Work<T>, urgency?: Urgency): Promise<T>;
  readonly meter: UsageMeter;
  close(): Promise<void>;
}

/** Told after each commit, a turn of the loop later, with the handle that its works were given. */
export type OnCommit = (handle: Kysely<Schema>) => void;

/** What an open database serves: a node of that name; or a piece of work during which no node may use it. */
export type Serving = { readonly node: string } | "alone";

export interface Opening {
  readonly onCommit: OnCommit;
  readonly onBatch?: OnBatch;
  readonly onMigration?: OnMigration;
  /** Of a database that has no form as a file; one that has keeps its copy by itself. */
  readonly keepCopy?: KeepCopy;
  /** The last change of the schema that is made, where there is nothing yet; undefined: all are. */
  readonly upTo?: string;
  /** Undefined: a command's, beside whoever serves. */
  readonly serves?: Serving;
  /** What the works of a transaction have to tell those who use the database elsewhere; null: nothing. At most 7,900 bytes. */
  readonly forOthers?: (handle: Kysely<Schema>) => string | null;
  /** Told what others had to tell; some of it may get lost. */
  readonly onOthers?: (told: string) => void;
}

/** What is about to be done to a database that has something in it. */
export interface MigrationNotice {
  readonly database: string;
  /** The changes, in order. */
  readonly pending: readonly string[];
  /** Where it is kept as it was; null: whoever opens it keeps no copy. */
  readonly copy: string | null;
}

/**
 * Keeps all of a database as it is, before its schema is changed. Called while nobody can write; when it rejects, nothing
 * is changed.
 *
 * @param tell told where, before it is written.
 */
export type KeepCopy = (pending: readonly string[], tell: (copy: string) => void) => Promise<void>;

/** What is done before a schema is changed. */
export interface BeforeMigration {
  readonly told: OnMigration;
  readonly keepCopy: KeepCopy;
}

/** Told before anything is changed. */
export type OnMigration = (notice: MigrationNotice) => void;

/** What is wrong with a database that can be opened. */
export interface DatabaseExamination {
  /** What its own check says of its pages; empty: all is well. */
  readonly damage: readonly string[];
  /** The process that has kept everybody else from writing for seconds; null: none has. */
  readonly heldBy: number | null;
}

/** Where a database is, or is to be. */
export interface DatabasePlace {
  /** For people; without passwords. */
  readonly name: string;
  /** Folders of this machine that fill as it grows. */
  readonly folders: readonly string[];
  /** Whether there is anything yet. */
  exists(): Promise<boolean>;
  /** Reads only. */
  age(): Promise<DatabaseAge>;
  /**
   * Opens it and brings its schema up to date; where there is something in it, a copy is kept of it first.
   *
   * Where the lock of the data directory is not enough to keep others out, for the database is another machine's, it is
   * the database that sees to it.
   *
   * @throws {DatabaseVersionError} of a newer program's.
   * @throws {NoRoomForCopyError} and nothing was changed.
   * @throws {StoreUnavailableError} when it cannot be reached, or another service has it.
   */
  open(opening: Opening): Promise<Database>;
  /**
   * Opens what is there for a command that only looks: nothing is written, locked or brought up to date, whoever else
   * has it open. Where there is none yet, an empty one that is gone with the process.
   *
   * @param moments `one`: all that is read is of one moment, however long that takes; else each query sees what was
   * committed before it.
   * @param ages `older`: one of an older version is opened too, whose tables are not those of {@link Schema}.
   * @throws {DatabaseVersionError} when it is not of this version.
   */
  openToRead(moments?: "each" | "one", ages?: "current" | "older"): Promise<Database>;
  readonly copies: DatabaseCopies;
  /** Looks whether it is whole and can be written to; reads only. All of it is read: a second for some hundred MB. */
  examine(): Promise<DatabaseExamination>;
}
