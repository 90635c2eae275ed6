import { AriRequestError } from "../ari/errors.js";
import type { AriChannel } from "../ari/messages.js";
import type { Logger } from "../log.js";
import { markRinging } from "../acts/mark-attempt.js";
import type { VerificationRow } from "../store/verifications.js";
import { causeOfStatus, outcomeOf } from "../verification/call-outcome.js";
import type { VerificationStatus } from "../verification/status.js";
import { Call } from "./call.js";
import type { CallParts } from "./call-parts.js";
import { lastWordOf } from "./last-word.js";
import type { LineNotice } from "./line-notice.js";
import { HANGUP_GRACE_MS, type LineEnd, LOST } from "./line.js";
import { trunkDialled } from "./trunk-of.js";
import { VerificationCall } from "./verification-call.js";

/** One outbound call, from INVITE to BYE: rings, converses after the answer, and commits how it ended. */
export class OutboundCall extends Call {
  readonly #call: VerificationCall;
  #progressed = false;
  #rang = false;
  #rungOut = false;
  #withdrawn = false;

  constructor(parts: CallParts, attemptId: string, verification: VerificationRow) {
    super(parts, attemptId, "ChannelDestroyed");
    this.#call = new VerificationCall(parts, attemptId, verification, "outbound", "proved");
  }

  get seq(): number {
    return this.#call.verification.seq;
  }

  protected get log(): Logger {
    return this.#call.log;
  }

  /** Listens, then dials. */
  place(endpoint: string): void {
    const { ari, settings } = this.parts;
    this.#call.goBy(trunkDialled(endpoint));
    this.line.listen();
    this.#call.tell({ kind: "placed", waitedMs: this.#waitedMs() });
    this.line.guard(settings.ringMs, () => {
      this.#rungOut = true;
      this.hangUp();
    });
    ari
      .originate({
        channelId: this.channelId,
        endpoint,
        callerId: settings.callerId,
        // A backstop: the ring time is ours to end, so that we know whose doing the end was.
        timeoutSeconds: Math.ceil((settings.ringMs + HANGUP_GRACE_MS) / 1000),
      })
      .catch((error: unknown) => {
        this.#call.trouble("not_placed", "the call could not be placed", error);
        // Refused: there is no channel. No answer: there may be one, and its events will tell.
        if (error instanceof AriRequestError) this.line.end(LOST);
      });
  }

  /** There is no way to this number any more (the trunk was taken out of the settings). */
  abandon(): void {
    this.line.end(LOST);
  }

  /** Stops ringing, where nobody has answered yet. */
  end(status: VerificationStatus): void {
    if (this.conversation !== undefined) this.conversation.end(status);
    else {
      this.#withdrawn = true;
      this.hangUp();
    }
  }

  protected override get unconfirmed(): LineEnd {
    return { ...LOST, lost: !this.#rungOut && !this.#withdrawn };
  }

  protected onStillThere(channel: AriChannel): void {
    // Answered while nothing was heard of it.
    if (channel.state === "Up" && channel.dialplan?.app_name === "Stasis") this.#onAnswered();
  }

  protected onNotice(notice: LineNotice): void {
    switch (notice.kind) {
      case "progress":
        this.#progressed = true;
        return;
      case "ringing":
        this.#onRinging();
        return;
      case "entered":
        this.#onAnswered();
        return;
      case "key":
      case "played":
        this.conversation?.onNotice(notice);
    }
  }

  #waitedMs(): number | null {
    const { direction, attempts_made, created_at } = this.#call.verification;
    return direction === "outbound" && attempts_made === 1 ? this.parts.clock() - created_at : null;
  }

  #onRinging(): void {
    this.#progressed = true;
    if (this.#rang || this.answered) return;
    this.#rang = true;
    const { store, clock } = this.parts;
    const at = clock();
    this.#call.commit("the ringing", () => markRinging(store, this.channelId, at));
    this.#call.tell({ kind: "ringing" });
  }

  #onAnswered(): void {
    if (this.answered || this.line.ended) return;
    this.#progressed = true;
    this.noteAnswered(this.#call);
    this.limitTalk();
    if (this.#withdrawn) {
      this.hangUp();
      return;
    }
    const back = this.#call.verification.direction === "inbound";
    this.converse(this.#call, back ? "back" : "out")?.start();
  }

  protected async settle(end: LineEnd): Promise<void> {
    const hungUpBy = this.hungUpBy(end);
    const how = this.answered ? "answered" : this.#rungOut || this.#withdrawn ? "withdrawn" : "refused";
    const { sipStatus, q850Cause, wanted } = await lastWordOf(end, how, this.parts.overheard);
    const outcome = outcomeOf({
      lost: end.lost,
      sipStatus,
      q850Cause,
      answered: this.answered,
      rungOut: this.#rungOut,
      withdrawn: this.#withdrawn,
      progressed: this.#progressed,
      rang: this.#rang,
    });
    if (sipStatus === 401 || sipStatus === 407) {
      this.#call.fault("trunk_credentials");
      this.log.error("the trunk wants a proof of who we are that it was not given", {
        sip: sipStatus,
        wanted: wanted.length === 0 ? "not known" : wanted.join("; "),
      });
    }
    await this.#call.end({ outcome, sipStatus, q850Cause: q850Cause ?? causeOfStatus(sipStatus) }, hungUpBy);
  }
}
