import { linkSync, readFileSync } from "node:fs";
import type { Reenciphered } from "../acts/rotate-data-key.js";
import { hasErrorCode } from "../error-code.js";
import type { DatabasePlace } from "../store/database.js";
import { readKeyFile } from "../vault/key-file.js";

/** What a rotation needs to know. */
export interface RotationOrder {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly place: DatabasePlace;
  /** Where the sounds of versions of prompts are kept. */
  readonly promptsDir: string;
  /** The key file. */
  readonly file: string;
  /** The node of this data directory. */
  readonly node: string;
  /** Who does it. */
  readonly by: string;
  /** How long nodes are waited for. */
  readonly waitMs: number;
}

export interface RotationDone {
  /** Null: an earlier one that was broken off has been ended. */
  readonly rows: (Reenciphered & { readonly guardsLost?: number }) | null;
  /** Where the old key is. */
  readonly retired: string;
  /** Names of nodes whose key file is to be replaced by this one, unless they read the very same file. */
  readonly behind: readonly string[];
}

/** Where a key is kept that was the data key once. */
export function retiredKey(file: string, fingerprint: string): string {
  return `${file}.${fingerprint}`;
}

/** The old key is kept under its fingerprint: backups from before are opened by it. @returns where it is. */
export function keepRetired(file: string): string {
  const { fingerprint } = readKeyFile(readFileSync(file, "utf8"));
  const retired = retiredKey(file, fingerprint);
  try {
    linkSync(file, retired);
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw error;
  }
  return retired;
}
