import { setMaxListeners } from "node:events";
import { errorText } from "../log.js";
import type { AppendedEvent } from "../store/hints.js";
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
  /** All webhooks are to be read and looked after. */
  #all = false;
  /** Else those of these clients are. */
  readonly #noted = new Set<string>();
  #stopped = false;
  /**
   * The webhooks as they were read last, by client: up to which event each has its deliveries. Read again when another
   * process has written, and at every look that no event has asked for, but not for every commit.
   */
  #cursors = new Map<string, number>();
  #readAt = NaN;
  /** When a delivery of a client is due next. */
  readonly #due = new Map<string, number>();
  readonly #onEvent = (events: readonly AppendedEvent[]): void => {
    if (this.#parts.store.foreignVersion !== this.#readAt) this.wake();
    else for (const { clientId } of events) if (this.#cursors.has(clientId)) this.#wakeFor(clientId);
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
    this.#all = true;
    this.#looking ??= this.#lookWhileAsked();
  }

  #wakeFor(client: string): void {
    if (this.#stopped) return;
    this.#noted.add(client);
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
    while ((this.#all || this.#noted.size > 0) && !this.#stopped) {
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
    const { clock } = this.#parts;
    const all = this.#all;
    const noted = [...this.#noted];
    this.#all = false;
    this.#noted.clear();
    if (all) await this.#read();
    for (const client of all ? this.#cursors.keys() : noted) await this.#lookAfter(client);
    this.#arm(Math.max(0, Math.min(LOOK_EVERY_MS, ...[...this.#due.values()].map((at) => at - clock()))));
  }

  async #read(): Promise<void> {
    const { store } = this.#parts;
    // Before the reading: what is written meanwhile is read again.
    this.#readAt = store.foreignVersion;
    const webhooks = await listActiveWebhooks(store.read);
    this.#cursors = new Map(webhooks.map(({ client_id, cursor_seq }) => [client_id, cursor_seq]));
    this.#due.clear();
  }

  async #lookAfter(client: string): Promise<void> {
    const { store, clock } = this.#parts;
    const last = await lastEventOf(store.read, client);
    if (last > (this.#cursors.get(client) ?? 0)) {
      await store.write((db) => queueDeliveries(db, client, clock()));
      this.#cursors.set(client, last);
    }
    await this.#laneOf(client).fill();
    const next = await nextDeliveryAt(store.read, client, clock());
    if (next === undefined) this.#due.delete(client);
    else this.#due.set(client, next);
  }

  #laneOf(client: string): WebhookLane {
    let lane = this.#lanes.get(client);
    if (lane === undefined) {
      lane = new WebhookLane(client, this.#parts, this.#abort.signal, () => {
        this.#wakeFor(client);
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
