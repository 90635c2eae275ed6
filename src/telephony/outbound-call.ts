import type { AriConnection } from "../ari/connection.js";
import { AriRequestError } from "../ari/errors.js";
import type { AriEvent } from "../ari/messages.js";
import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import { type AttemptEnd, endAttempt, markAnswered, markRinging } from "../store/attempts.js";
import type { GuardLimits } from "../store/number-guards.js";
import { ruleEntry } from "../store/rule-entry.js";
import type { Store } from "../store/store.js";
import type { VerificationRow } from "../store/verifications.js";
import { outcomeOf } from "../verification/call-outcome.js";
import type { ConversationRules } from "../verification/conversation.js";
import type { Locale, PromptId } from "../verification/prompt-id.js";
import type { VerificationStatus } from "../verification/status.js";
import type { CallEventBody, CallEvents } from "./call-events.js";
import { ConversationRunner } from "./conversation-runner.js";

interface CallSettings {
  readonly callerId: string | null;
  readonly ringMs: number;
  readonly redialPauseMs: number;
  readonly maxConversationMs: number;
  readonly conversation: Omit<ConversationRules, "codeLength">;
  readonly limits: GuardLimits;
}

export interface CallParts {
  readonly ari: AriConnection;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: CallEvents;
  readonly promptFile: (locale: Locale, id: PromptId) => string;
  readonly settings: CallSettings;
}

/** Q.850 causes that we give when we hang up. */
const NORMAL_CLEARING = 16;
/** Longest wait for Asterisk to confirm a hang-up, or to end a call it should have ended, milliseconds. */
const HANGUP_GRACE_MS = 10_000;
/** A call whose link is gone for longer is given up, milliseconds. */
const LINK_GRACE_MS = 15_000;

/**
 * One outbound call, from INVITE to BYE: follows its channel's events, runs the conversation after
 * the answer, and commits how it ended. `done` resolves, never rejects, when that is committed.
 */
export class OutboundCall {
  readonly attemptId: string;
  readonly verification: VerificationRow;
  readonly done: Promise<void>;
  readonly #parts: CallParts;
  #finish: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;
  #conversation: ConversationRunner | undefined;
  #guard: NodeJS.Timeout | undefined;
  #linkGuard: NodeJS.Timeout | undefined;
  #answered = false;
  #progressed = false;
  #rang = false;
  #rungOut = false;
  #withdrawn = false;
  #ended = false;

  constructor(parts: CallParts, attemptId: string, verification: VerificationRow) {
    this.#parts = parts;
    this.attemptId = attemptId;
    this.verification = verification;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Listens, then dials. */
  place(endpoint: string): void {
    const { ari, settings } = this.#parts;
    this.#unsubscribe = ari.onChannel(this.attemptId, (event) => {
      this.#onEvent(event);
    });
    this.#tell({ kind: "placed" });
    this.#guardRinging();
    ari
      .originate({
        channelId: this.attemptId,
        endpoint,
        callerId: settings.callerId,
        // A backstop: the ring time is ours to end, so that we know whose doing the end was.
        timeoutSeconds: Math.ceil((settings.ringMs + HANGUP_GRACE_MS) / 1000),
      })
      .catch((error: unknown) => {
        this.#log("warn", "the call could not be placed", { error: errorText(error) });
        // Refused: there is no channel. No answer: there may be one, and its events will tell.
        if (error instanceof AriRequestError) this.#end({ lost: true, sipStatus: null, q850Cause: null });
      });
  }

  /** There is no way to this number any more (the trunk was taken out of the settings). */
  abandon(): void {
    this.#end({ lost: true, sipStatus: null, q850Cause: null });
  }

  /** The verification ended while the call lasts: tell the person, or stop ringing. */
  end(status: VerificationStatus): void {
    if (this.#conversation !== undefined) this.#conversation.end(status);
    else {
      this.#withdrawn = true;
      this.#hangUp();
    }
  }

  linkDown(): void {
    this.#linkGuard ??= setTimeout(() => {
      this.#end({ lost: true, sipStatus: null, q850Cause: null });
    }, LINK_GRACE_MS);
  }

  /** @param alive whether Asterisk still has the channel. */
  linkUp(alive: boolean): void {
    clearTimeout(this.#linkGuard);
    this.#linkGuard = undefined;
    if (alive) this.#conversation?.resume();
    else this.#end({ lost: true, sipStatus: null, q850Cause: null });
  }

  #onEvent(event: AriEvent): void {
    switch (event.type) {
      case "ChannelStateChange":
        if (event.channel.state === "Ringing") this.#onRinging();
        return;
      case "Dial":
        if (event.dialstatus === "RINGING") this.#onRinging();
        else if (event.dialstatus === "PROGRESS" || event.dialstatus === "PROCEEDING")
          this.#progressed = true;
        return;
      case "StasisStart":
        this.#onAnswered();
        return;
      case "ChannelDestroyed":
        this.#end({
          lost: false,
          sipStatus: sipStatusOf(event.tech_cause),
          // A BYE without a Reason header leaves 0; RFC 3398 section 8.2.6 reads it as normal clearing.
          q850Cause: event.cause !== 0 ? event.cause : this.#answered ? NORMAL_CLEARING : null,
        });
        return;
      case "ChannelDtmfReceived":
      case "PlaybackFinished":
        this.#conversation?.onEvent(event);
        return;
      case "StasisEnd":
      case "ChannelHangupRequest":
      case "ApplicationReplaced":
    }
  }

  #onRinging(): void {
    this.#progressed = true;
    // Told twice: by the channel's state and by the dialling.
    if (this.#rang || this.#answered) return;
    this.#rang = true;
    const { store, clock } = this.#parts;
    this.#commit("ringing", markRinging(store, this.attemptId, clock()));
    this.#tell({ kind: "ringing" });
  }

  #onAnswered(): void {
    if (this.#answered || this.#ended) return;
    this.#answered = true;
    this.#progressed = true;
    const { ari, store, clock, settings, promptFile, log } = this.#parts;
    const { seq, locale, code_length } = this.verification;
    this.#commit("the answer", markAnswered(store, this.attemptId, clock()));
    this.#tell({ kind: "answered" });
    this.#guardAfter(settings.maxConversationMs);
    if (this.#withdrawn) {
      this.#hangUp();
      return;
    }
    this.#conversation = new ConversationRunner({
      ari,
      channelId: this.attemptId,
      rules: { ...settings.conversation, codeLength: code_length },
      promptFile: (id) => promptFile(locale, id),
      rule: (entry) => ruleEntry(store, seq, entry, settings.limits, clock()),
      hangUp: () => {
        this.#hangUp();
      },
      tell: (event) => {
        this.#tell(event);
      },
      log,
    });
    this.#conversation.start();
  }

  #guardRinging(): void {
    this.#guard = setTimeout(() => {
      this.#rungOut = true;
      this.#hangUp();
    }, this.#parts.settings.ringMs);
  }

  #guardAfter(ms: number): void {
    clearTimeout(this.#guard);
    this.#guard = setTimeout(() => {
      this.#hangUp();
    }, ms);
  }

  #hangUp(): void {
    if (this.#ended) return;
    clearTimeout(this.#guard);
    // Asterisk confirms by ChannelDestroyed. Should it not, the call is given up all the same.
    this.#guard = setTimeout(() => {
      this.#end({ lost: !this.#rungOut && !this.#withdrawn, sipStatus: null, q850Cause: null });
    }, HANGUP_GRACE_MS);
    this.#parts.ari.hangUp(this.attemptId, NORMAL_CLEARING).catch((error: unknown) => {
      this.#log("warn", "the call could not be hung up", { error: errorText(error) });
    });
  }

  #end(end: { lost: boolean; sipStatus: number | null; q850Cause: number | null }): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#guard);
    clearTimeout(this.#linkGuard);
    this.#conversation?.stop();
    this.#unsubscribe();
    const outcome = outcomeOf({
      ...end,
      answered: this.#answered,
      rungOut: this.#rungOut,
      withdrawn: this.#withdrawn,
      progressed: this.#progressed,
    });
    const attempt: AttemptEnd = { outcome, sipStatus: end.sipStatus, q850Cause: end.q850Cause };
    const { store, clock, settings } = this.#parts;
    endAttempt(store, this.verification.seq, this.attemptId, attempt, settings.redialPauseMs, clock())
      .catch((error: unknown) => {
        this.#log("error", "the end of a call could not be stored", { error: errorText(error) });
      })
      .finally(() => {
        this.#tell({ kind: "ended", ...attempt });
        this.#log("info", "call ended", { outcome, sip: end.sipStatus, q850: end.q850Cause });
        this.#finish();
      });
  }

  #commit(what: string, write: Promise<void>): void {
    write.catch((error: unknown) => {
      this.#log("error", `${what} could not be stored`, { error: errorText(error) });
    });
  }

  #tell(event: CallEventBody): void {
    const { id, client_id } = this.verification;
    this.#parts.events.emit("call", {
      ...event,
      verificationId: id,
      clientId: client_id,
      attemptId: this.attemptId,
    });
  }

  #log(
    level: "info" | "warn" | "error",
    message: string,
    fields: Record<string, string | number | null>,
  ): void {
    const { id, client_id } = this.verification;
    this.#parts.log[level](message, { call: this.attemptId, verification: id, client: client_id, ...fields });
  }
}

/** `tech_cause` is 0 for a nominal end; a channel of another kind may put anything else there. */
function sipStatusOf(techCause: number | undefined): number | null {
  return techCause !== undefined && techCause >= 100 && techCause < 700 ? techCause : null;
}
