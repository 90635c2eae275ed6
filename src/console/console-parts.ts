import type { RequestHandler } from "express";
import type { Clock } from "../clock.js";
import type { DialLimits } from "../clients/call-limits.js";
import type { OnAnswered } from "../http/answered.js";
import type { CallableParts } from "../http/callable-number.js";
import type { YenBudget } from "../clients/call-limits.js";
import type { Logger } from "../log.js";
import type { PromptLibrary } from "../prompts/library.js";
import type { SoundThread } from "../prompts/sound-thread.js";
import type { ReceiptSettings } from "../receipts/receipts.js";
import type { Store } from "../store/store.js";
import type { E164 } from "../verification/phone-number.js";
import type { ClientParts } from "./client-parts.js";
import type { Tariff } from "../usage/tariff-schema.js";
import type { LogInTries } from "./log-in-tries.js";
import type { PhoneParts } from "./phone/phone-parts.js";

/** What bounds the calls that are placed from the console: the same that bounds those of clients. */
export interface TestCallParts extends CallableParts {
  readonly limits: DialLimits;
  /** Why no call is taken now; null: it is. */
  readonly trouble: () => string | null;
  /** Softphones at the bundled Asterisk, by the number that rings them. */
  readonly testPhones: ReadonlyMap<E164, string>;
}

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
  readonly prompts: {
    readonly library: PromptLibrary;
    readonly sounds: SoundThread;
  };
  /** What clients are charged. */
  readonly tariff: Tariff;
  /** What the calls of all clients together may cost. */
  readonly budget: YenBudget;
  /** Outbound calls at one time, of all clients together. */
  readonly trunkMaxCalls: number;
  readonly version: string;
  readonly testCalls: TestCallParts;
  readonly clients: ClientParts;
  /** Undefined: there are no telephones in browsers. */
  readonly phone?: PhoneParts | undefined;
  /** The demonstration site and the page that shows it beside a telephone; absent where it is not wanted. */
  readonly demo?: RequestHandler;
  /** Absent: as the settings have it where nothing is set. */
  readonly receipts?: ReceiptSettings;
  readonly onAnswered?: OnAnswered;
}
