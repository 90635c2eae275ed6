import { Pruner } from "../upkeep/pruner.js";
import { WebhookDeliverer } from "../events/webhook-deliverer.js";
import type { Store } from "../store/store.js";
import type { Running } from "./running.js";

/** What goes on by itself beside the calls: webhooks are sent, and what is old goes. */
export function startUpkeep({ settings, log, clock, metrics, teardown }: Running, store: Store): void {
  const { webhookAllowPrivate, eventRetentionMs, retention } = settings;
  const { onAttempt } = metrics.webhooks;
  const webhooks = new WebhookDeliverer({ store, clock, log, allowPrivate: webhookAllowPrivate, onAttempt });
  teardown.add("webhooks", () => webhooks.stop());
  webhooks.start();
  const pruner = new Pruner({ store, clock, log, eventRetentionMs, retention });
  teardown.add("the pruner", () => pruner.stop());
  pruner.start();
}
