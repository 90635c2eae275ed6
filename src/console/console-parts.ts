import type { Clock } from "../clock.js";
import type { YenBudget } from "../clients/call-limits.js";
import type { Logger } from "../log.js";
import type { Store } from "../store/store.js";
import type { Tariff } from "../usage/tariff-schema.js";
import type { LogInTries } from "./log-in-tries.js";

/** What the console is made of. */
export interface ConsoleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where people reach it: passkeys belong to its host name, and links begin with it. Known once it listens. */
  readonly origin: () => URL;
  readonly sessions: {
    /** How long one may do nothing. */
    readonly idleMs: number;
    /** How long it lasts at most. */
    readonly lifeMs: number;
  };
  readonly tries: LogInTries;
  /** What clients are charged. */
  readonly tariff: Tariff;
  /** What the calls of all clients together may cost. */
  readonly budget: YenBudget;
  /** Outbound calls at one time, of all clients together. */
  readonly trunkMaxCalls: number;
  readonly version: string;
}
