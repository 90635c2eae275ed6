import type { GatewayStanding } from "../sms/gateway-standing.js";
import type { ReportEnded } from "../sms/sending/gateway-reports.js";
import type { HandedOver } from "../sms/sending/way.js";
import type { MetricsRegistry, Spread, Tally } from "./metrics-registry.js";
import { combinations } from "./words.js";

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];
const HANDED: readonly HandedOver["kind"][] = ["accepted", "refused", "throttled", "down", "unknown"];
const REPORTS: readonly ReportEnded[] = [
  ...(["kept", "unknown", "waiting", "no_receipt", "not_final", "failed"] as const),
];

/** What the gateways for SMS say of messages; of a service without gateways there is none of it. */
export class MessageMetrics {
  readonly #registry: MetricsRegistry;
  readonly #handed: Tally<"gateway" | "end">;
  readonly #seconds: Spread<"gateway">;
  readonly #reports: Tally<"gateway" | "end">;

  /** @param gateways by their names. */
  constructor(registry: MetricsRegistry, gateways: readonly string[]) {
    this.#registry = registry;
    this.#handed = registry.counter(
      "honnin_sms_handed_over_total",
      "Messages handed over to a gateway, by what it said; one that was not taken may have gone by the next",
      ["gateway", "end"],
      combinations({ gateway: gateways, end: HANDED }),
    );
    this.#seconds = registry.histogram(
      "honnin_sms_hand_over_seconds",
      "How long a gateway takes to answer for a message, its turn included",
      SECONDS,
      ["gateway"],
    );
    this.#reports = registry.counter(
      "honnin_sms_reports_total",
      "What gateways told of messages that they had taken, by what became of it; unknown: of no message of ours",
      ["gateway", "end"],
      combinations({ gateway: gateways, end: REPORTS }),
    );
  }

  readonly onHandedOver = (gateway: string, end: HandedOver["kind"], ms: number): void => {
    this.#handed.add({ gateway, end });
    this.#seconds.observe({ gateway }, ms / 1000);
  };

  readonly onReportEnd = (gateway: string, end: ReportEnded): void => {
    this.#reports.add({ gateway, end });
  };

  /** Adds what is looked at when somebody asks. */
  watch(standings: () => readonly GatewayStanding[], strangers: () => number): void {
    this.#registry.total(
      "honnin_sms_strangers_total",
      "Reports of messages that came without the secret of their path, or without a right signature",
      strangers,
    );
    this.#registry.gauges(
      "honnin_sms_gateway_up",
      "Whether messages go by the gateway: its link stands, and it does not rest after failures",
      ["gateway"],
      () =>
        standings().map(({ name, state }) => ({ labels: { gateway: name }, value: Number(state === "up") })),
    );
  }
}
