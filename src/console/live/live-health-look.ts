import type { Clock } from "../../clock.js";
import { putMeta } from "../../store/meta.js";
import type { Store } from "../../store/store.js";
import { countDeliveries } from "../../store/webhook-deliveries.js";
import { DAY_MS } from "../../verification/durations.js";
import type { LiveHealth } from "../contract/live.js";
import type { LiveSources } from "./live-sources.js";

/** Between two tries of a commit, and two counts of webhooks. */
const EVERY_MS = 5_000;
/** A commit that takes longer is none that calls could rely on. */
const COMMIT_MS = 4_000;

/** How the service is, asked as long as somebody looks. */
export class HealthLook {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #sources: LiveSources;
  #database: LiveHealth["database"] = "unknown";
  #webhooks: LiveHealth["webhooks"] = { waiting: 0, given_up: 0 };
  #trying = false;
  #triedAt = -Infinity;

  constructor(store: Store, clock: Clock, sources: LiveSources) {
    this.#store = store;
    this.#clock = clock;
    this.#sources = sources;
  }

  /** @param onFresh told when there is more to say than now. */
  look(onFresh: () => void): LiveHealth {
    const now = performance.now();
    if (!this.#trying && now - this.#triedAt >= EVERY_MS) {
      this.#triedAt = now;
      void this.#try().then(onFresh);
    } else if (this.#trying && now - this.#triedAt >= COMMIT_MS) this.#database = "failing";
    const { service, asterisk, trunk, disk, certificateEnd } = this.#sources;
    const { hasRoom, free } = disk();
    return {
      ...{ service: service(), asterisk: asterisk(), trunk: trunk(), database: this.#database },
      certificate_days_left: Math.floor((certificateEnd - this.#clock()) / DAY_MS),
      // Of what is written all the time only the round figure is of interest.
      disk: { has_room: hasRoom, free_bytes: free === null ? null : free - (free % 100_000_000) },
      webhooks: this.#webhooks,
    };
  }

  /** Resolves, never rejects. */
  async #try(): Promise<void> {
    this.#trying = true;
    try {
      const { pending, failed } = await countDeliveries(this.#store.read);
      this.#webhooks = { waiting: pending, given_up: failed };
      await this.#store.write((db) => putMeta(db, "commit_tried_at", String(this.#clock())));
      this.#database = "ok";
    } catch {
      this.#database = "failing";
    } finally {
      this.#trying = false;
    }
  }
}
