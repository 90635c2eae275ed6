import type { AriConnection } from "../ari/connection.js";
import type { RequestEnd } from "../ari/pending-requests.js";
import type { MetricsRegistry, Spread, Tally } from "./metrics-registry.js";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The link to Asterisk. */
export class AriMetrics {
  readonly #registry: MetricsRegistry;
  readonly #requests: Tally<"operation" | "end">;
  readonly #seconds: Spread<"operation">;

  constructor(registry: MetricsRegistry) {
    this.#registry = registry;
    this.#requests = registry.counter(
      "honnin_ari_requests_total",
      "Requests to Asterisk by how they ended: answered, refused (4xx, mostly of a channel that is gone), failed (5xx), late, broken",
      ["operation", "end"],
    );
    this.#seconds = registry.histogram(
      "honnin_ari_request_seconds",
      "How long Asterisk takes for a request",
      SECONDS,
      ["operation"],
    );
  }

  /** For the link's options. */
  readonly onRequestEnd = (operation: string, end: RequestEnd, ms: number): void => {
    this.#requests.add({ operation, end });
    this.#seconds.observe({ operation }, ms / 1000);
  };

  watch(ari: Pick<AriConnection, "up" | "replaced" | "counters">): void {
    const registry = this.#registry;
    registry.gauge("honnin_ari_up", "Whether the link to Asterisk stands", () => Number(ari.up));
    registry.gauge("honnin_ari_replaced", "Whether another program has our application in Asterisk", () =>
      Number(ari.replaced),
    );
    registry.total(
      "honnin_ari_connects_total",
      "Links to Asterisk that came about; all but the first were broken before",
      () => ari.counters.connects,
    );
    registry.total(
      "honnin_ari_unknown_messages_total",
      "Messages of Asterisk that nobody knows",
      () => ari.counters.unknownMessages,
    );
    registry.total(
      "honnin_ari_late_answers_total",
      "Answers of Asterisk after their deadline",
      () => ari.counters.lateAnswers,
    );
    registry.total(
      "honnin_ari_listener_errors_total",
      "Errors of our own in taking what Asterisk tells",
      () => ari.counters.listenerErrors,
    );
  }
}
