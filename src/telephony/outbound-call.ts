import { AriRequestError } from "../ari/errors.js";
import type { AriChannel, AriEvent } from "../ari/messages.js";
import { errorText } from "../log.js";
import { markAnswered, markRinging } from "../acts/mark-attempt.js";
import type { VerificationRow } from "../store/verifications.js";
import { causeOfStatus, outcomeOf } from "../verification/call-outcome.js";
import { callBackOf } from "../verification/call-back.js";
import { OUTBOUND_SCRIPT } from "../verification/script.js";
import { SPOKEN_GATE } from "../verification/spoken-conversation.js";
import type { VerificationStatus } from "../verification/status.js";
import type { CallParts } from "./call-parts.js";
import type { RunningConversation } from "./conversation-runner.js";
import { lastWordOf } from "./last-word.js";
import { NORMAL_CLEARING } from "./normal-clearing.js";
import { HANGUP_GRACE_MS, Line, type LineEnd, LOST } from "./line.js";
import { VerificationCall } from "./verification-call.js";

/**
 * One outbound call, from INVITE to BYE: follows its channel's events, runs the conversation after
 * the answer, and commits how it ended. `done` resolves, never rejects, when that is committed.
 */
export class OutboundCall {
  readonly attemptId: string;
  readonly done: Promise<void>;
  readonly #parts: CallParts;
  readonly #call: VerificationCall;
  readonly #line: Line;
  #finish: () => void = () => undefined;
  #conversation: RunningConversation | undefined;
  #answered = false;
  #progressed = false;
  #rang = false;
  #rungOut = false;
  #withdrawn = false;

  constructor(parts: CallParts, attemptId: string, verification: VerificationRow) {
    this.#parts = parts;
    this.attemptId = attemptId;
    this.#call = new VerificationCall(parts, attemptId, verification, "proved");
    this.#line = new Line({
      ari: parts.ari,
      channelId: attemptId,
      onEvent: (event) => {
        this.#onEvent(event);
      },
      onEnd: (end) => {
        void this.#onEnd(end);
      },
      log: this.#call.log,
    });
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Listens, then dials. */
  place(endpoint: string): void {
    const { ari, settings } = this.#parts;
    this.#line.listen();
    this.#call.tell({ kind: "placed" });
    this.#line.guard(settings.ringMs, () => {
      this.#rungOut = true;
      this.#hangUp();
    });
    ari
      .originate({
        channelId: this.attemptId,
        endpoint,
        callerId: settings.callerId,
        // A backstop: the ring time is ours to end, so that we know whose doing the end was.
        timeoutSeconds: Math.ceil((settings.ringMs + HANGUP_GRACE_MS) / 1000),
      })
      .catch((error: unknown) => {
        this.#call.log.warn("the call could not be placed", { error: errorText(error) });
        // Refused: there is no channel. No answer: there may be one, and its events will tell.
        if (error instanceof AriRequestError) this.#line.end(LOST);
      });
  }

  /** There is no way to this number any more (the trunk was taken out of the settings). */
  abandon(): void {
    this.#line.end(LOST);
  }

  cut(): void {
    this.#hangUp();
    this.#line.end(LOST);
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
    this.#line.linkDown();
  }

  linkBack(): void {
    this.#line.linkBack();
  }

  /** @param channel as Asterisk has it, if it still does. */
  linkUp(channel: AriChannel | undefined): void {
    this.#line.linkUp(channel !== undefined);
    if (channel === undefined) return;
    if (this.#conversation !== undefined) this.#conversation.resume();
    // Answered while nothing was heard of it.
    else if (channel.state === "Up" && channel.dialplan?.app_name === "Stasis") this.#onAnswered();
  }

  #onEvent(event: AriEvent): void {
    switch (event.type) {
      case "Dial":
        if (event.dialstatus === "RINGING") this.#onRinging();
        else if (event.dialstatus === "PROGRESS" || event.dialstatus === "PROCEEDING")
          this.#progressed = true;
        return;
      case "ChannelStateChange":
        // 180 with SDP is told as PROGRESS, like 183: that it rings is seen in the state alone.
        if (event.channel.state === "Ringing") this.#onRinging();
        return;
      case "StasisStart":
        this.#onAnswered();
        return;
      case "ChannelDtmfReceived":
      case "PlaybackFinished":
        this.#conversation?.onEvent(event);
        return;
      case "ChannelDestroyed":
      case "StasisEnd":
      case "ChannelHangupRequest":
      case "ApplicationReplaced":
    }
  }

  #onRinging(): void {
    this.#progressed = true;
    // 180 may come again, from each telephone that rings.
    if (this.#rang || this.#answered) return;
    this.#rang = true;
    const { store, clock } = this.#parts;
    const at = clock();
    this.#call.commit("the ringing", () => markRinging(store, this.attemptId, at));
    this.#call.tell({ kind: "ringing" });
  }

  #onAnswered(): void {
    if (this.#answered || this.#line.ended) return;
    this.#answered = true;
    this.#progressed = true;
    const { store, clock, settings } = this.#parts;
    const at = clock();
    this.#call.commit("the answer", () => markAnswered(store, this.attemptId, at));
    this.#call.tell({ kind: "answered" });
    this.#line.guard(settings.maxConversationMs, () => {
      this.#hangUp();
    });
    if (this.#withdrawn) {
      this.#hangUp();
      return;
    }
    const conversation = this.#converse();
    if (conversation === null) {
      this.#hangUp();
      return;
    }
    this.#conversation = conversation;
    conversation.start();
  }

  /** Null: there is none for such a call. */
  #converse(): RunningConversation | null {
    const hangUp = (): void => {
      this.#hangUp();
    };
    const { direction, method, enrollment_id } = this.#call.verification;
    if (direction === "inbound") {
      const back = callBackOf(method, enrollment_id !== null);
      switch (back?.asksFor) {
        case "code":
          return this.#call.conversation(this.attemptId, back.script, hangUp);
        case "key":
          return this.#call.gated(this.attemptId, back.gate, hangUp);
        case undefined:
          return null;
      }
    }
    if (method === "spoken") return this.#call.gated(this.attemptId, SPOKEN_GATE, hangUp);
    return this.#call.conversation(this.attemptId, OUTBOUND_SCRIPT, hangUp);
  }

  #hangUp(): void {
    this.#line.hangUp(NORMAL_CLEARING, { ...LOST, lost: !this.#rungOut && !this.#withdrawn });
  }

  async #onEnd(end: LineEnd): Promise<void> {
    this.#conversation?.stop();
    const how = this.#answered ? "answered" : this.#rungOut || this.#withdrawn ? "withdrawn" : "refused";
    const { sipStatus, q850Cause, wanted } = await lastWordOf(end, how, this.#parts.overheard);
    const outcome = outcomeOf({
      lost: end.lost,
      sipStatus,
      q850Cause,
      answered: this.#answered,
      rungOut: this.#rungOut,
      withdrawn: this.#withdrawn,
      progressed: this.#progressed,
      rang: this.#rang,
    });
    if (sipStatus === 401 || sipStatus === 407) {
      this.#call.log.error("the trunk wants a proof of who we are that it was not given", {
        sip: sipStatus,
        wanted: wanted.length === 0 ? "not known" : wanted.join("; "),
      });
    }
    await this.#call.end({ outcome, sipStatus, q850Cause: q850Cause ?? causeOfStatus(sipStatus) });
    this.#finish();
  }
}
