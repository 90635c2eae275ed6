import type { Clock } from "../clock.js";
import type { Logger } from "../log.js";
import type { Metrics } from "../metrics/metrics.js";
import type { ServiceSettings } from "./service-settings.js";
import type { Teardown } from "./teardown.js";

/** What every step of a start is given. */
export interface Running {
  readonly settings: ServiceSettings;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Where each step says how it is undone. */
  readonly teardown: Teardown;
  /** Aborted when a stop is asked for. */
  readonly stopping: AbortSignal;
}
