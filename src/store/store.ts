import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import type { Kysely } from "kysely";
import { foreignVersion } from "./sqlite/changes.js";
import {
  databaseFile,
  openDatabase,
  openDatabaseToRead,
  patiently,
  type Database,
} from "./sqlite/database.js";
import { appendedEvents } from "./events.js";
import { GroupCommit, type Urgency, type Work } from "./sqlite/group-commit.js";
import type { Hints } from "./hints.js";
import { Meter } from "./sqlite/meter.js";
import type { Schema } from "./schema.js";
import type { FinalStatus } from "../verification/status.js";
import { bindVault } from "./vault-binding.js";
import { openVault, Vault } from "../vault/vault.js";

/** The database, opened: reads, durable writes, the vault, and hints of what changed. */
export class Store {
  readonly vault: Vault;
  readonly hints = new EventEmitter<Hints>();
  /** What clients have used, read without holding up the event loop. */
  readonly meter: Meter;
  readonly #database: Database;
  readonly #commits: GroupCommit;

  private constructor(file: string, database: Database, vault: Vault) {
    this.#database = database;
    this.#commits = new GroupCommit(database.writer, (connection) => {
      const events = appendedEvents(connection);
      if (events.length > 0) this.hints.emit("event", events);
    });
    this.vault = vault;
    this.meter = new Meter(file);
  }

  /** @throws {VaultError} when the key file does not fit the database. */
  static async open(dataDir: string, databaseUrl?: string): Promise<Store> {
    const file = databaseFile(dataDir, databaseUrl);
    const vault = openVault(dataDir, existsSync(file));
    const database = await openDatabase(file);
    try {
      await patiently(() => bindVault(database.writer, vault.fingerprint));
    } catch (error) {
      await database.close();
      throw error;
    }
    return new Store(file, database, vault);
  }

  /**
   * What is there, for a command that only looks: it takes no lock, changes nothing, and leaves a database of another
   * version as it is. Where there is none yet, it is empty.
   *
   * @throws {DatabaseVersionError} when it is not of this version.
   * @throws {VaultError} when the key file does not fit the database.
   */
  static async openToRead(dataDir: string, databaseUrl?: string): Promise<Store> {
    const file = databaseFile(dataDir, databaseUrl);
    const there = existsSync(file);
    const vault = there ? openVault(dataDir, true) : Vault.passing();
    const database = await openDatabaseToRead(file);
    try {
      if (there) await bindVault(database.reader, vault.fingerprint);
    } catch (error) {
      await database.close();
      throw error;
    }
    return new Store(file, database, vault);
  }

  /** Committed state. */
  get read(): Kysely<Schema> {
    return this.#database.reader;
  }

  /** See {@link foreignVersion}. */
  get foreignVersion(): number {
    return foreignVersion(this.#database.writer);
  }

  /** Runs work in a durable transaction, shared with what others write in the same moment. */
  write<T>(work: Work<T>, urgency?: Urgency): Promise<T> {
    return this.#commits.run(work, urgency);
  }

  /**
   * Hints that a verification has ended. A turn of the loop later: a call that was begun in the same commit
   * has to be listening by then.
   */
  hintEnded(seq: number, status: FinalStatus): void {
    setImmediate(() => this.hints.emit("ended", seq, status));
  }

  async close(): Promise<void> {
    await this.meter.close();
    await this.#commits.close();
    await this.#database.close();
  }
}
