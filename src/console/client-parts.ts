import type { DialLimits } from "../clients/call-limits.js";
import type { AttemptParts } from "../events/webhook-attempt.js";
import type { EnrollmentImports } from "./import/enrollment-imports.js";

/** What the pages of clients take, beside what all do. */
export interface ClientParts {
  /** Those of the service, where a client has set none of its own. */
  readonly limits: DialLimits;
  /** Whether there is a gateway for SMS. */
  readonly sendsMessages: boolean;
  /** Numbers at which calls arrive, as `canonicalDid` spells them. */
  readonly dids: readonly string[];
  /** False while the disk is nearly full: what is in progress needs the rest. */
  readonly diskHasRoom: () => boolean;
  readonly webhooks: Omit<AttemptParts, "store" | "clock">;
  readonly imports: EnrollmentImports;
}
