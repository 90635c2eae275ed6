import { TEST_PHONES } from "../telephony/trunk-of.js";
import { AriMetrics } from "./ari-metrics.js";
import { CallMetrics } from "./call-metrics.js";
import { HttpMetrics } from "./http-metrics.js";
import { MessageMetrics } from "./message-metrics.js";
import { MetricsRegistry, type Tally } from "./metrics-registry.js";
import { NodeMetrics } from "./node-metrics.js";
import { VerificationMetrics } from "./verification-metrics.js";
import { WebhookMetrics } from "./webhook-metrics.js";

/**
 * What is counted where it happens. Everything is there from the first moment of a start, so that each part can be
 * told of it when it is made; what is only looked at is added at the end of the start.
 */
export class Metrics {
  readonly registry = new MetricsRegistry();
  readonly ari: AriMetrics;
  readonly calls: CallMetrics;
  readonly http: HttpMetrics;
  readonly messages: MessageMetrics;
  readonly nodes: NodeMetrics;
  readonly verifications: VerificationMetrics;
  readonly webhooks: WebhookMetrics;
  readonly #promptsMissing: Tally<never>;

  /** By their names: @param trunks for calls, @param gateways for messages. */
  constructor(trunks: readonly string[], gateways: readonly string[]) {
    this.ari = new AriMetrics(this.registry);
    this.calls = new CallMetrics(this.registry, [...trunks, TEST_PHONES]);
    this.http = new HttpMetrics(this.registry);
    this.messages = new MessageMetrics(this.registry, gateways);
    this.nodes = new NodeMetrics(this.registry);
    this.verifications = new VerificationMetrics(this.registry);
    this.webhooks = new WebhookMetrics(this.registry);
    this.#promptsMissing = this.registry.counter(
      "honnin_prompts_missing_total",
      "Sounds that were to be played and could not be had; the one under it was played",
      [],
      [{}],
    );
  }

  readonly onPromptMissing = (): void => {
    this.#promptsMissing.add({});
  };
}
