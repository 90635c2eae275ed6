import type { DeliveryEnd } from "../events/webhook-lane.js";
import type { MetricsRegistry, Spread, Tally } from "./metrics-registry.js";
import { combinations } from "./words.js";

const SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const ENDS: readonly DeliveryEnd[] = ["delivered", "failed", "given_up"];

/** Attempts to deliver events to webhooks. */
export class WebhookMetrics {
  readonly #attempts: Tally<"end">;
  readonly #seconds: Spread<"end">;

  constructor(registry: MetricsRegistry) {
    this.#attempts = registry.counter(
      "honnin_webhook_attempts_total",
      "Attempts to deliver an event to a webhook: failed ones are made again, given up is the last that failed",
      ["end"],
      combinations({ end: ENDS }),
    );
    this.#seconds = registry.histogram(
      "honnin_webhook_attempt_seconds",
      "How long an attempt to deliver an event takes",
      SECONDS,
      ["end"],
    );
  }

  readonly onAttempt = (end: DeliveryEnd, ms: number): void => {
    this.#attempts.add({ end });
    this.#seconds.observe({ end }, ms / 1000);
  };
}
