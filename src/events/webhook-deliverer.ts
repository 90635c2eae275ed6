import { setMaxListeners } from "node:events";
import { errorText } from "../log.js";
import { lastEventOf, nextDeliveryAt, queueDeliveries } from "../store/webhook-deliveries.js";
import { listActiveWebhooks } from "../store/webhooks.js";
import { WebhookLane, type WebhookParts } from "./webhook-lane.js";

/** A command beside the service (redeliver, set) gives no hint: how long it may go unseen. */
const LOOK_EVERY_MS = 2_000;
const STOP_GRACE_MS = 3_000;

/**
 * Takes events from the outbox to the webhooks of their clients, at least once. Everything it has to
 * know is in the tables: after a crash it goes on where it was, and an attempt that was cut off is
 * made again. Each client has a lane of its own, so a receiver that hangs delays nobody else.
 */
export class WebhookDeliverer {
  readonly #parts: WebhookParts;
  readonly #lanes = new Map<string, WebhookLane>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** Whether there was any webhook at the last look: without one an event is no news. */
  #wanted = true;
  readonly #onEvent = (): void => {
    if (this.#wanted) this.wake();
  };

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    // Each attempt under way listens; Node warns at eleven.
    setMaxListeners(0, this.#abort.signal);
  }

  start(): void {
    this.#parts.store.hints.on("event", this.#onEvent);
    this.wake();
  }

  /** Looks into the tables soon; many calls at once are one look. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#looking ??= this.#lookWhileAsked();
  }

  /**
   * Sends what is due at this moment (the ends of the calls that the stop has waited for), within a
   * short grace. What is then cut off is made again at the next start.
   */
  async stop(): Promise<void> {
    this.#parts.store.hints.off("event", this.#onEvent);
    const cutOff = setTimeout(() => {
      this.#stopped = true;
      this.#abort.abort();
    }, STOP_GRACE_MS);
    let busy: boolean;
    do {
      this.wake();
      await this.#looking;
      const lanes = [...this.#lanes.values()];
      busy = (await Promise.all(lanes.map((lane) => lane.idle()))).includes(true);
    } while (busy && !this.#stopped);
    this.#stopped = true;
    clearTimeout(cutOff);
    await this.#looking;
    clearTimeout(this.#timer);
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#look();
      } catch (error) {
        this.#parts.log.error("webhooks could not be looked after", { error: errorText(error) });
        this.#arm(LOOK_EVERY_MS);
      }
    }
    this.#looking = undefined;
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#parts;
    let wait = LOOK_EVERY_MS;
    const webhooks = await listActiveWebhooks(store.read);
    this.#wanted = webhooks.length > 0;
    for (const { client_id: client, cursor_seq: cursor } of webhooks) {
      if ((await lastEventOf(store.read, client)) > cursor) {
        await store.write((db) => queueDeliveries(db, client, clock()));
      }
      await this.#laneOf(client).fill();
      const now = clock();
      const next = await nextDeliveryAt(store.read, client, now);
      if (next !== undefined) wait = Math.min(wait, next - now);
    }
    this.#arm(wait);
  }

  #laneOf(client: string): WebhookLane {
    let lane = this.#lanes.get(client);
    if (lane === undefined) {
      lane = new WebhookLane(client, this.#parts, this.#abort.signal, () => {
        this.wake();
      });
      this.#lanes.set(client, lane);
    }
    return lane;
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.wake();
    }, ms);
  }
}
