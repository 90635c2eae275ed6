import { AriRequestError } from "../ari/errors.js";
import type { AriChannel } from "../ari/messages.js";
import { errorText, type Logger } from "../log.js";
import { markRinging } from "../acts/mark-attempt.js";
import type { VerificationRow } from "../store/verifications.js";
import { causeOfStatus, outcomeOf } from "../verification/call-outcome.js";
import { mayGoOver } from "../verification/failover.js";
import type { AttemptOutcome, VerificationStatus } from "../verification/status.js";
import { awaitedTurn } from "./awaited-turn.js";
import { Call } from "./call.js";
import type { CallParts } from "./call-parts.js";
import type { CallWays } from "./call-ways.js";
import { dialRequest } from "./dial-request.js";
import { type LastWord, lastWordOf } from "./last-word.js";
import type { LineNotice } from "./line-notice.js";
import { type LineEnd, LOST } from "./line.js";
import { fateOf, refusedCall } from "./refused-call.js";
import { isSilent } from "./silent-trunk.js";
import { TEST_PHONES } from "./trunk-of.js";
import { VerificationCall } from "./verification-call.js";
import { tellOfWantedProof } from "./wanted-proof.js";

/**
 * One outbound call, from INVITE to BYE: rings, converses after the answer, and commits how it ended. Where nothing can
 * have rung it goes on by another trunk.
 */
export class OutboundCall extends Call {
  readonly #call: VerificationCall;
  readonly #ways: CallWays | null;
  #tries = 1;
  #silence: NodeJS.Timeout | undefined;
  #progressed = false;
  #rang = false;
  #rungOut = false;
  #withdrawn = false;
  #cut = false;
  /** Asterisk was asked to dial it. */
  #left = false;
  /** It was not dialled for no reason of its own: who may dials it. */
  #undone = false;
  #lastWord: LastWord = { sipStatus: null, q850Cause: null, wanted: [], isFromTrunk: false };

  /** @param ways null: there is none to this number any more (the trunk was taken out of the settings). */
  constructor(parts: CallParts, attemptId: string, verification: VerificationRow, ways: CallWays | null) {
    super(parts, attemptId, "ChannelDestroyed");
    this.#call = new VerificationCall(parts, attemptId, verification, "outbound", "proved");
    this.#ways = ways;
  }

  get seq(): number {
    return this.#call.verification.seq;
  }

  get isDeciding(): boolean {
    return this.#call.isDeciding;
  }

  protected get log(): Logger {
    return this.#call.log;
  }

  /** Listens, then dials. */
  place(): void {
    if (this.#ways === null) {
      this.line.end(LOST);
      return;
    }
    this.#call.goBy(this.#ways.way.trunk ?? TEST_PHONES);
    this.#call.tell({ kind: "placed", waitedMs: this.#call.waitedMs });
    void this.#dialInTurn(this.#ways);
  }

  /** Never rejects. Until its turn comes Asterisk knows nothing of it. */
  async #dialInTurn(ways: CallWays): Promise<void> {
    const turn = await awaitedTurn(ways, (error) => {
      this.#call.trouble("not_placed", "the call got no turn by its trunk", error);
    });
    if (turn === "come") this.#dial(ways);
    else if (turn === "not_ours") this.#leaveToOthers();
    else this.line.end(LOST);
  }

  /** What was begun by an INVITE is not begun a second time. */
  #leaveToOthers(): void {
    this.#undone = !this.#left && !this.#withdrawn;
    this.line.end({ ...LOST, lost: !this.#withdrawn });
  }

  #dial(ways: CallWays): void {
    const { ari, settings, mayAct } = this.parts;
    const { line } = this;
    if (line.ended) return;
    if (!mayAct()) {
      // The process was stopped since the call was noted: the others may have closed it already.
      this.#leaveToOthers();
      return;
    }
    this.#left = true;
    line.listen();
    line.guard(settings.ringMs, () => {
      this.#rungOut = true;
      this.hangUp();
    });
    const { silenceMs } = ways.way;
    if (silenceMs !== null) this.#silence = setTimeout(() => void this.#leaveSilent(ways), silenceMs);
    const request = ari.originate(dialRequest(ways.way, this.channelId, settings.ringMs));
    ways.leaves(request);
    request.catch((error: unknown) => {
      this.#call.trouble("not_placed", "the call could not be placed", error);
      // Refused: there is no channel. No answer: there may be one, and its events will tell.
      if (error instanceof AriRequestError) line.end({ ...LOST, lost: false });
    });
  }

  /** A trunk that has not said a word is left for another, where there is one. */
  async #leaveSilent(ways: CallWays): Promise<void> {
    const { line } = this;
    const silent = await isSilent(this.parts, this.channelId);
    const isOver = line !== this.line || line.ended || line.hungUp || this.#progressed;
    if (!silent || isOver || !ways.hasAnother) return;
    this.#rungOut = true;
    this.hangUp();
  }

  /** Stops ringing, where nobody has answered yet. */
  end(status: VerificationStatus): void {
    if (this.conversation !== undefined) this.conversation.end(status);
    else {
      this.#withdrawn = true;
      if (this.#ways?.abandon() !== true) this.hangUp();
    }
  }

  override cut(): void {
    this.#cut = true;
    if (this.#ways?.abandon() !== true) super.cut();
  }

  override linkUp(channel: AriChannel | undefined): void {
    if (this.#ways?.isWaiting !== true) super.linkUp(channel);
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

  #onRinging(): void {
    this.#progressed = true;
    if (this.#rang || this.answered) return;
    this.#rang = true;
    const { store, clock } = this.parts;
    const at = clock();
    this.#call.commit("the ringing", () => markRinging(store, this.#call.attemptId, at));
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
    const conversation = this.converse(this.#call, back ? "back" : "out");
    if (conversation !== null) this.#call.begin(conversation);
  }

  /** Tells the trunk's lines what became of it, and goes by another where nothing can have rung. */
  protected async goesOn(end: LineEnd): Promise<boolean> {
    clearTimeout(this.#silence);
    const { overheard } = this.parts;
    const how = this.answered ? "answered" : this.#rungOut || this.#withdrawn ? "withdrawn" : "refused";
    this.#lastWord = await lastWordOf(end, how, overheard);
    const ways = this.#ways;
    if (ways === null) return false;
    const call = refusedCall(end, this.#outcome(end), this.#lastWord, this.#progressed, overheard);
    ways.ended(fateOf(call, this.answered || this.#progressed));
    if (this.#cut || !mayGoOver(call)) return false;
    return this.#goOver(ways, call.sipStatus);
  }

  async #goOver(ways: CallWays, sipStatus: number | null): Promise<boolean> {
    const from = ways.way.trunk;
    const next = await ways.next(this.#call.attemptId).catch((error: unknown) => {
      this.log.error("the call could not go by another trunk", { error: errorText(error) });
      return null;
    });
    if (next === null) return false;
    if (this.#withdrawn || this.#cut) {
      ways.ended("neither");
      return false;
    }
    this.log.info("nothing rang: the call goes by another trunk", { from, to: next.trunk, sip: sipStatus });
    this.#rungOut = false;
    this.#tries += 1;
    this.#call.goBy(next.trunk ?? TEST_PHONES);
    this.useLine(`${this.#call.attemptId}-${String(this.#tries)}`);
    void this.#dialInTurn(ways);
    return true;
  }

  #outcome(end: LineEnd): AttemptOutcome {
    return outcomeOf({
      ...this.#lastWord,
      lost: end.lost,
      answered: this.answered,
      rungOut: this.#rungOut,
      withdrawn: this.#withdrawn,
      progressed: this.#progressed,
      rang: this.#rang,
    });
  }

  protected async settle(end: LineEnd): Promise<void> {
    if (this.#undone) return this.#call.undo();
    const hungUpBy = this.#withdrawn ? "us" : this.hungUpBy(end);
    const { sipStatus, q850Cause } = this.#lastWord;
    tellOfWantedProof(this.#call, this.#lastWord);
    const outcome = this.#outcome(end);
    await this.#call.end({ outcome, sipStatus, q850Cause: q850Cause ?? causeOfStatus(sipStatus) }, hungUpBy);
  }
}
