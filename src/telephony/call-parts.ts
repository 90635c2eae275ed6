import type { AriConnection } from "../ari/connection.js";
import type { Clock } from "../clock.js";
import type { Logger } from "../log.js";
import type { DialLimits } from "../clients/call-limits.js";
import type { CallPrompts } from "../prompts/call-prompts.js";
import type { PayeeSounds } from "../prompts/payee-voice.js";
import type { Store } from "../store/store.js";
import type { TalkRules } from "../verification/conversations.js";
import type { Overheard } from "./last-word.js";
import type { CallEvents } from "./call-events.js";
import type { OwedWrites } from "./owed-writes.js";

interface CallSettings {
  readonly callerId: string | null;
  readonly ringMs: number;
  readonly redialPauseMs: number;
  readonly maxConversationMs: number;
  readonly conversation: Omit<TalkRules, "codeLength" | "gateDigit" | "announcement">;
  readonly limits: DialLimits;
}

/** What every call needs. */
export interface CallParts {
  readonly ari: AriConnection;
  readonly store: Store;
  readonly owed: OwedWrites;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: CallEvents;
  readonly prompts: CallPrompts;
  /** Who says payees; undefined: nobody. */
  readonly payees?: PayeeSounds;
  /** By the bundled Asterisk; one of the user's own tells what ARI tells. */
  readonly overheard?: Overheard;
  /** Whether what this service does counts; else the others have given it up, and do it themselves. */
  readonly mayAct: () => boolean;
  /** Whether another node takes calls. */
  readonly hasOthers: () => boolean;
  readonly settings: CallSettings;
}
