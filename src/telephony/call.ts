import { markAnswered } from "../acts/mark-attempt.js";
import type { AriChannel } from "../ari/messages.js";
import type { Logger } from "../log.js";
import type { CallKind } from "../verification/conversations.js";
import type { VerificationStatus } from "../verification/status.js";
import type { HungUpBy } from "../verification/call-story.js";
import type { CallParts } from "./call-parts.js";
import type { ConversationRunner } from "./conversation-runner.js";
import { Line, type LineEnd, type LineParts, LOST } from "./line.js";
import type { LineNotice } from "./line-notice.js";
import { NORMAL_CLEARING } from "./normal-clearing.js";
import type { VerificationCall } from "./verification-call.js";

/** What every call is, whoever called whom: a line, a conversation on it at times, and an end that is committed. */
export abstract class Call {
  /** Resolves, never rejects, when all is over and stored. */
  readonly done: Promise<void>;
  protected readonly parts: CallParts;
  protected conversation: ConversationRunner | undefined;
  protected answered = false;
  readonly #lastEvent: LineParts["lastEvent"];
  #line: Line;
  #channelId: string;
  #finish: () => void = () => undefined;

  constructor(parts: CallParts, channelId: string, lastEvent: LineParts["lastEvent"]) {
    this.parts = parts;
    this.#lastEvent = lastEvent;
    this.#channelId = channelId;
    this.#line = this.#newLine(channelId);
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get channelId(): string {
    return this.#channelId;
  }

  protected get line(): Line {
    return this.#line;
  }

  /** Goes on by another channel; the one before has ended. */
  protected useLine(channelId: string): void {
    this.#channelId = channelId;
    this.#line = this.#newLine(channelId);
  }

  #newLine(channelId: string): Line {
    return new Line({
      ari: this.parts.ari,
      channelId,
      lastEvent: this.#lastEvent,
      onNotice: (notice) => {
        this.onNotice(notice);
      },
      onEnd: (end) => {
        void this.#onEnd(end);
      },
      log: {
        warn: (message, fields) => {
          this.log.warn(message, fields);
        },
      },
    });
  }

  /** Of the verification that this call is for; undefined until it is found. */
  abstract get seq(): number | undefined;

  /** Whether it is this call that ends its verification, or has ended it. */
  abstract get isDeciding(): boolean;

  /** The verification ended while the call lasts: the person is told. */
  abstract end(status: VerificationStatus): void;

  protected abstract get log(): Logger;
  protected abstract onNotice(notice: LineNotice): void;
  /** The link is back, and Asterisk still has the channel. */
  protected abstract onStillThere(channel: AriChannel): void;
  /** Whether the call goes on by another line, which it is on then. */
  protected abstract goesOn(end: LineEnd): Promise<boolean>;

  /** Commits how it ended. */
  protected abstract settle(end: LineEnd): Promise<void>;

  /** How the line ended, should Asterisk never say so after we have hung up. */
  protected get unconfirmed(): LineEnd {
    return LOST;
  }

  /** Hangs up and ends at once, without waiting for Asterisk's word. */
  cut(): void {
    this.hangUp();
    this.line.end(LOST);
  }

  linkDown(): void {
    this.line.linkDown();
  }

  linkBack(): void {
    this.line.linkBack();
  }

  /** @param channel as Asterisk has it, if it still does. */
  linkUp(channel: AriChannel | undefined): void {
    this.line.linkUp(channel !== undefined);
    if (channel === undefined) return;
    this.conversation?.resume();
    this.onStillThere(channel);
  }

  /** For whoever has to be given a way to do it. */
  protected readonly hangUp = (): void => {
    this.line.hangUp(NORMAL_CLEARING, this.unconfirmed);
  };

  /** Whose doing its end was; to be asked when it has come. */
  protected hungUpBy({ lost }: LineEnd): HungUpBy | null {
    if (this.line.hungUp) return "us";
    return lost ? null : "them";
  }

  protected limitTalk(): void {
    this.line.guard(this.parts.settings.maxConversationMs, this.hangUp);
  }

  protected noteAnswered(call: VerificationCall | undefined): void {
    this.answered = true;
    const { store, clock } = this.parts;
    const at = clock();
    call?.commit("the answer", () => markAnswered(store, call.attemptId, at));
    call?.tell({ kind: "answered" });
  }

  /** @returns the conversation of such a call, which is on the line from now on; null: there is none, and it is hung up. */
  protected converse(call: VerificationCall, kind: CallKind): ConversationRunner | null {
    const conversation = call.conversation(kind, this.channelId, this.hangUp);
    if (conversation === null) {
      this.log.error("there is no conversation for this call: it is hung up");
      call.fault("no_conversation");
      this.hangUp();
      return null;
    }
    this.conversation = conversation;
    return conversation;
  }

  async #onEnd(end: LineEnd): Promise<void> {
    this.conversation?.stop();
    if (await this.goesOn(end)) return;
    await this.settle(end);
    this.#finish();
  }
}
