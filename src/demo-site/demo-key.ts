import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import { insertApiKey, type IssuedKey, revokeApiKey } from "../store/api-keys.js";
import { findClientByName, insertClient } from "../store/clients.js";
import { changeClientSettings } from "../store/stored-client-settings.js";
import type { Store } from "../store/store.js";
import { HOUR_MS } from "../verification/durations.js";

const CLIENT = "demo";
const LIFE_MS = 24 * HOUR_MS;
/** Renewed so long before its end: what was begun with a key can be asked for with it. */
const MARGIN_MS = HOUR_MS;

/** The key by which the demonstration site calls the API. Kept in memory only, and revoked when the service stops. */
export class DemoKey {
  readonly #store: Store;
  readonly #clock: Clock;
  #issued: Promise<IssuedKey> | null = null;
  #expiresAt = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async current(): Promise<string> {
    const now = this.#clock();
    if (this.#issued === null || now > this.#expiresAt - MARGIN_MS) {
      this.#expiresAt = now + LIFE_MS;
      const issuing = this.#issue(now, this.#expiresAt);
      this.#issued = issuing;
      issuing.catch(() => {
        if (this.#issued === issuing) this.#issued = null;
      });
    }
    return (await this.#issued).key;
  }

  async revoke(): Promise<void> {
    const issued = (await this.#issued?.catch(() => null)) ?? null;
    if (issued === null) return;
    await this.#store.write((db) => revokeApiKey(db, issued.id, this.#clock()));
  }

  #issue(now: number, expiresAt: number): Promise<IssuedKey> {
    return this.#store.write(async (db) => {
      let client = await findClientByName(db, CLIENT);
      if (client === undefined) {
        client = { id: `cli_${randomUUID()}`, name: CLIENT, created_at: now };
        await insertClient(db, client);
        // A code that is keyed proves who sees the page, and not whose telephone it is.
        await changeClientSettings(db, client.id, { demand_evidence: "asserted" });
      }
      return insertApiKey(db, { clientId: client.id, label: "demonstration site", now, expiresAt });
    });
  }
}
