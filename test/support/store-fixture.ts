import { insertClient } from "../../src/store/clients.js";
import type { Store } from "../../src/store/store.js";
import { tempDir } from "./temp-dir.js";
import { openStore } from "./test-database.js";

/** A database of its own, with clients in it. */
export class StoreFixture {
  /** Where it lies. */
  readonly dir: string;
  store: Store;
  readonly #remove: () => Promise<void>;

  private constructor(dir: string, store: Store, remove: () => Promise<void>) {
    this.dir = dir;
    this.store = store;
    this.#remove = remove;
  }

  /** @param now when the clients were made, epoch milliseconds. */
  static async open(clients: readonly string[], now: number): Promise<StoreFixture> {
    const { path, remove } = await tempDir();
    const store = await openStore(path);
    await store.write(async (db) => {
      for (const id of clients) await insertClient(db, { id, name: id, created_at: now });
    });
    return new StoreFixture(path, store, remove);
  }

  /** As after a restart; for one that was closed. */
  async reopen(): Promise<Store> {
    return (this.store = await openStore(this.dir));
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.#remove();
  }
}
