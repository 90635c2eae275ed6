/** What is in a database, or in a copy of one, whatever its version. */
export interface DatabaseFacts {
  /** Changes of the schema that were made to it, in order. */
  readonly made: readonly string[];
  /** Those that this program would make, in order. */
  readonly pending: readonly string[];
  /** Rows a table. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of the data key that it was made with; null: of none yet. */
  readonly keyFingerprint: string | null;
  /** Folders of sounds that its prompts name and that are not in it: it is of before sounds were, or they were lost. */
  readonly sounds: readonly string[];
}

/** A copy's structure is not whole. */
export class DamagedCopyError extends Error {
  readonly code = "database_damaged";

  constructor(file: string, problem: string) {
    super(`${file} is damaged: ${problem}`);
    this.name = "DamagedCopyError";
  }
}

/** By table. */
export type Counters = Readonly<Record<string, number>>;

/** Copies of a database as one file of its own form. */
export interface FileCopies {
  /**
   * Writes what was committed before it is called, and nothing half done, while others go on writing. The file is its
   * owner's alone.
   */
  write(file: string): Promise<void>;
  /**
   * Reads a copy to its end.
   *
   * @throws {DamagedCopyError}
   */
  inspect(file: string): Promise<DatabaseFacts>;
  /** Where there is no database yet: makes the copy the database, in one step and durably. The file is gone then. */
  putInPlace(file: string): Promise<void>;
}

/** All of a database, taken away and brought back: every dialect's own. */
export interface DatabaseCopies {
  readonly dialect: string;
  /** Null: it has no form as a file, and its rows are carried from and to one of a dialect that has. */
  readonly files: FileCopies | null;
  /** Changes of the schema that this program knows, in order. */
  readonly known: readonly string[];
  /** Bytes on the disk: as much as a copy takes at most. */
  bytes(): Promise<number>;
  /** Whether there is something that whoever puts a copy in place would overwrite. */
  isTaken(): Promise<boolean>;
  /**
   * Takes what was overwritten out of the log of changes, so that it is on the disk no more.
   *
   * @returns false when somebody was reading for too long.
   */
  emptyLog(): Promise<boolean>;
  /** The last number that each table has given out which counts its rows, those that are gone included. */
  counters(): Promise<Counters>;
  /** Has each table count on from there. */
  countFrom(counters: Counters): Promise<void>;
  /** Paths of the copies that were kept before its schema was changed. */
  kept(): Promise<readonly string[]>;
  /** Of what is there, whatever its version. Reads only. */
  facts(): Promise<DatabaseFacts>;
}
