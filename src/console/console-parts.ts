import type { RequestHandler } from "express";
import type { Clock } from "../clock.js";
import type { Logger } from "../log.js";
import type { Store } from "../store/store.js";
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
  readonly version: string;
  /** The demonstration site and the page that shows it beside a telephone; absent where it is not wanted. */
  readonly demo?: RequestHandler;
}
