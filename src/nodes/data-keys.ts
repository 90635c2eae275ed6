import type { Kysely } from "kysely";
import { errorText, type Logger } from "../log.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { NodeFencedError } from "../store/store-unavailable.js";
import { anotherKey, BEHIND, followKeys, type KeyFit } from "../store/vault-binding.js";

/** Keeps the data key of a node in step with that of the others, while an administrator brings key files over. */
export class DataKeys {
  readonly #store: Pick<Store, "vault" | "keyFile">;
  readonly #log: Logger;
  #fit: KeyFit = "fits";
  #unreadable = false;

  constructor(store: Pick<Store, "vault" | "keyFile">, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Reads the key file again where it was changed. Never throws: what there was goes on being used. */
  refresh(): void {
    const { vault, keyFile } = this.#store;
    try {
      vault.refresh();
      this.#unreadable = false;
    } catch (error) {
      if (!this.#unreadable)
        this.#log.error("the key file cannot be read again: the key from before is used", {
          ...{ file: keyFile, error: errorText(error) },
        });
      this.#unreadable = true;
    }
  }

  /**
   * @returns fingerprints of the keys that it has, that by which it enciphers first.
   * @throws {NodeFencedError} when it lacks the one by which the others encipher: what it would write nobody could open.
   */
  async follow(db: Kysely<Schema>): Promise<string> {
    const { vault, keyFile } = this.#store;
    this.refresh();
    const fit = await followKeys(db, vault);
    if (fit !== this.#fit) {
      if (fit === "another") this.#log.error(anotherKey(keyFile).message);
      else if (fit === "behind") this.#log.error(`the key file ${BEHIND}`, { file: keyFile });
    }
    this.#fit = fit;
    if (fit === "another") throw new NodeFencedError();
    return vault.fingerprints.join(" ");
  }
}
