import { WebhookDeliverer } from "../events/webhook-deliverer.js";
import type { Store } from "../store/store.js";
import { Pruner } from "../upkeep/pruner.js";
import type { Running } from "./running.js";

/** What goes on by itself beside the calls, at one node of all: webhooks are sent, and what is old goes. */
export class Upkeep {
  readonly #running: Running;
  readonly #store: Store;
  readonly #mayAct: () => boolean;
  #stops: readonly (() => Promise<void>)[] = [];

  /** @param mayAct whether it is this node still that does it. */
  constructor(running: Running, store: Store, mayAct: () => boolean) {
    this.#running = running;
    this.#store = store;
    this.#mayAct = mayAct;
  }

  start(): void {
    if (this.#stops.length > 0) return;
    const { settings, log, clock, metrics } = this.#running;
    const { webhookAllowPrivate, eventRetentionMs, retention } = settings;
    const { onAttempt } = metrics.webhooks;
    const store = this.#store;
    const webhooks = new WebhookDeliverer({
      ...{ store, clock, log, onAttempt },
      allowPrivate: webhookAllowPrivate,
      mayAct: this.#mayAct,
    });
    webhooks.start();
    const pruner = new Pruner({ store, clock, log, eventRetentionMs, retention });
    pruner.start();
    this.#stops = [() => webhooks.stop(), () => pruner.stop()];
  }

  /** What is due at this moment is sent still, within a short grace. */
  async stop(): Promise<void> {
    const stops = this.#stops;
    this.#stops = [];
    await Promise.all(stops.map((stop) => stop()));
  }
}
