import { EventEmitter } from "node:events";
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { rmSync } from "node:fs";
import { keyFileOf } from "../vault/key-file.js";
import { openOrMakeVault } from "../vault/open-vault.js";
import { Vault, VaultError } from "../vault/vault.js";
import type { Database, BeforeMigration, Serving, UsageMeter } from "./database.js";
import { databasePlace } from "./dialects.js";
import type { Urgency, Work } from "./group-commit.js";
import { type Hints, hintsForOthers, tellHints, tellOthersHints } from "./hints.js";
import { joinNode, leaveOthers, type NodeIdentity } from "./nodes.js";
import { StoreTraffic } from "./store-traffic.js";
import type { Schema } from "./schema.js";
import { bindVault, checkBinding, demandKeys, type KeyFile } from "./vault-binding.js";

/** The database, opened: reads, durable writes, the vault, and hints of what changed. */
export class Store {
  readonly vault: Vault;
  /** Told a turn of the loop after the commit: a call that was begun in it is listening by then. */
  readonly hints: EventEmitter<Hints>;
  readonly traffic: StoreTraffic;
  readonly #database: Database;
  readonly #key: KeyFile;
  #node: NodeIdentity | undefined;

  private constructor(
    database: Database,
    key: KeyFile,
    hints = new EventEmitter<Hints>(),
    traffic = new StoreTraffic(),
  ) {
    this.#database = database;
    this.#key = key;
    this.vault = key.vault;
    this.hints = hints;
    this.traffic = traffic;
  }

  /**
   * @param keyFile undefined: the one of the data directory.
   * @throws {VaultError} when the key file does not fit the database.
   * @throws what {@link DatabasePlace.open} does.
   */
  static async open(
    dataDir: string,
    databaseUrl?: string,
    before?: BeforeMigration,
    serves?: Serving,
    keyFile?: string,
  ): Promise<Store> {
    const place = databasePlace(dataDir, databaseUrl);
    const file = keyFileOf({ dataDir, keyFile });
    const { vault, isNew } = openOrMakeVault(file, await place.exists());
    const hints = new EventEmitter<Hints>();
    const traffic = new StoreTraffic();
    const me = randomUUID();
    const database = await place.open({
      onCommit: (handle) => {
        traffic.committed();
        tellHints(handle, hints);
      },
      onBatch: (writes, ms) => {
        traffic.batch(writes, ms);
      },
      forOthers: (handle) => hintsForOthers(handle, me),
      ...(serves === undefined
        ? {}
        : {
            serves,
            onOthers: (told: string) => {
              tellOthersHints(told, me, hints);
            },
          }),
      ...(before === undefined ? {} : { onMigration: before.told, keepCopy: before.keepCopy }),
    });
    try {
      await bindVault(database, { vault, file });
    } catch (error) {
      await database.close();
      // Another node was the first on an empty database: its key is to be put there, and nothing is under this one.
      if (isNew && error instanceof VaultError) rmSync(file);
      throw error;
    }
    return new Store(database, { vault, file }, hints, traffic);
  }

  /**
   * What is there, for a command that only looks: it takes no lock, changes nothing, and leaves a database of another
   * version as it is. Where there is none yet, it is empty.
   *
   * @throws {DatabaseVersionError} when it is not of this version.
   * @throws {VaultError} when the key file does not fit the database.
   */
  static async openToRead(dataDir: string, databaseUrl?: string, keyFile?: string): Promise<Store> {
    const place = databasePlace(dataDir, databaseUrl);
    const there = await place.exists();
    const file = keyFileOf({ dataDir, keyFile });
    const vault = there ? openOrMakeVault(file, true).vault : Vault.passing();
    const database = await place.openToRead();
    try {
      if (there) await checkBinding(database, { vault, file });
    } catch (error) {
      await database.close();
      throw error;
    }
    return new Store(database, { vault, file });
  }

  /** Committed state. */
  get read(): Kysely<Schema> {
    return this.#database.reader;
  }

  /** See {@link Database.foreignVersion}. */
  get foreignVersion(): number {
    return this.#database.foreignVersion;
  }

  /** Whether other nodes may use it at the same time. */
  get isShared(): boolean {
    return this.#database.isShared;
  }

  /** The time that all who use it have in common, epoch milliseconds. */
  now(): number {
    return this.#database.now();
  }

  /**
   * As what this process writes; undefined: it has not joined, as commands and tests do not.
   */
  get node(): NodeIdentity | undefined {
    return this.#node;
  }

  /** The key file, for messages. */
  get keyFile(): string {
    return this.#key.file;
  }

  /**
   * Makes this process a node, of a new epoch.
   *
   * @throws {StoreUnavailableError}
   * @throws {VaultError} when its key file does not have what the other nodes encipher by.
   */
  async join(name: string, version: string): Promise<NodeIdentity> {
    const { vault } = this.#key;
    this.#node = await this.#database.joinBy(async (db) => {
      // Whoever rotates the data key sees either this node or that it was refused.
      if (this.isShared) await demandKeys(db, this.#key);
      // Asked here: before the first word of the database its time is not known, and our clock may be wrong.
      const now = this.#database.now();
      const me = await joinNode(db, { name, version, data_keys: vault.fingerprints.join(" ") }, now);
      if (!this.isShared) await leaveOthers(db, me, now);
      return me;
    });
    return this.#node;
  }

  /** Runs work in a durable transaction, shared with what others write in the same moment. */
  write<T>(work: Work<T>, urgency?: Urgency): Promise<T> {
    return this.traffic.follow(this.#database.write(work, urgency), urgency);
  }

  /** What clients have used. */
  get meter(): UsageMeter {
    return this.#database.meter;
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
