import type { AppendedEvent } from "../store/hints.js";
import { CHANNELS, DIRECTIONS, METHODS } from "../verification/request-terms.js";
import { FAILURE_REASONS, VERIFICATION_STATUSES } from "../verification/status.js";
import type { MetricsRegistry, Spread, Tally } from "./metrics-registry.js";
import { among, combinations } from "./words.js";

/** From a caller who is known by the number alone to a code that is keyed at the last moment. */
const SECONDS = [1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600];

/** What became of verifications: counted from what was committed to the outbox, so that it is the clients' own count. */
export class VerificationMetrics {
  readonly #registered: Tally<"channel" | "direction" | "method">;
  readonly #ended: Tally<"status" | "reason">;
  readonly #endedByMethod: Tally<"channel" | "direction" | "method" | "status">;
  readonly #seconds: Spread<"status">;
  readonly #lockedPins: Tally<never>;

  constructor(registry: MetricsRegistry) {
    const kinds = { channel: CHANNELS, direction: DIRECTIONS, method: METHODS };
    this.#registered = registry.counter(
      "honnin_verifications_registered_total",
      "Verifications that were registered",
      ["channel", "direction", "method"],
      combinations(kinds),
    );
    const otherEnds = VERIFICATION_STATUSES.slice(2).filter((status) => status !== "failed");
    this.#ended = registry.counter(
      "honnin_verifications_ended_total",
      "Verifications that have come to their end",
      ["status", "reason"],
      [
        ...combinations({ status: ["failed"], reason: FAILURE_REASONS }),
        ...combinations({ status: otherEnds, reason: [""] }),
      ],
    );
    this.#endedByMethod = registry.counter(
      "honnin_verifications_ended_by_method_total",
      "The same by how they were to be made",
      ["channel", "direction", "method", "status"],
    );
    this.#seconds = registry.histogram(
      "honnin_verification_duration_seconds",
      "From the registration of a verification to its end",
      SECONDS,
      ["status"],
    );
    this.#lockedPins = registry.counter(
      "honnin_pins_locked_total",
      "PINs of enrollments that wrong ones have ended",
      [],
      [{}],
    );
  }

  /** Events of one commit. */
  told(events: readonly AppendedEvent[]): void {
    for (const { type, data } of events) {
      if (type === "verification.created") this.#registered.add(kindOf(data));
      else if (type === "enrollment.pin_locked") this.#lockedPins.add({});
      else if (type.startsWith("verification.")) this.#end(data);
    }
  }

  #end(data: AppendedEvent["data"]): void {
    const status = among(VERIFICATION_STATUSES, data["status"]);
    const reason = data["reason"] === null ? "" : among(FAILURE_REASONS, data["reason"]);
    this.#ended.add({ status, reason });
    this.#endedByMethod.add({ ...kindOf(data), status });
    const [from, to] = [data["created_at"], data["completed_at"]];
    if (typeof from !== "string" || typeof to !== "string") return;
    this.#seconds.observe({ status }, (Date.parse(to) - Date.parse(from)) / 1000);
  }
}

function kindOf(data: AppendedEvent["data"]): { channel: string; direction: string; method: string } {
  return {
    channel: among(CHANNELS, data["channel"]),
    direction: among(DIRECTIONS, data["direction"]),
    method: among(METHODS, data["method"]),
  };
}
