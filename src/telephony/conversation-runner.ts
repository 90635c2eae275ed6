import { randomUUID } from "node:crypto";
import type { AriConnection } from "../ari/connection.js";
import type { AriEvent } from "../ari/messages.js";
import { errorText, type Logger } from "../log.js";
import {
  BEFORE_ANSWER,
  type Conversation,
  type ConversationRules,
  type Effect,
  type Input,
  type Key,
  step,
} from "../verification/conversation.js";
import type { PromptId } from "../verification/prompt-id.js";
import type { Entry, Ruling } from "../verification/ruling.js";
import type { VerificationStatus } from "../verification/status.js";
import type { CallEventBody } from "./call-events.js";
import { Listening } from "./listening.js";

export interface ConversationParts {
  readonly ari: AriConnection;
  readonly channelId: string;
  readonly rules: ConversationRules;
  /** Absolute path of a prompt, without ending. */
  readonly promptFile: (id: PromptId) => string;
  /** Commits and rules; what it resolves with is durable. */
  readonly rule: (entry: Entry) => Promise<Ruling>;
  readonly hangUp: () => void;
  readonly tell: (event: CallEventBody) => void;
  readonly log: Logger;
}

/** Carries out one conversation on one channel: the reducer decides, this one plays, waits and asks. */
export class ConversationRunner {
  readonly #parts: ConversationParts;
  #state: Conversation = BEFORE_ANSWER;
  #playbackId: string | null = null;
  readonly #listening: Listening;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#listening = new Listening(parts.ari, parts.channelId, parts.promptFile("silence-listening"));
  }

  start(): void {
    this.#input({ type: "answered" });
  }

  /** The verification ended from elsewhere: by deadline or cancel. */
  end(status: VerificationStatus): void {
    this.#input({ type: "ended", status });
  }

  /** The channel is gone; nothing more is played or asked. A ruling under way still commits. */
  stop(): void {
    this.#over = true;
    this.#listening.forget();
    clearTimeout(this.#timer);
  }

  onEvent(event: AriEvent): void {
    switch (event.type) {
      case "ChannelDtmfReceived":
        if (!isKey(event.digit)) return;
        this.#parts.tell({ kind: "key" });
        this.#input({ type: "key", key: event.digit });
        return;
      case "PlaybackFinished":
        this.#listening.onEvent(event);
        // Only the current one: a prompt that was hushed or replaced says nothing any more.
        if (event.playback.id !== this.#playbackId) return;
        this.#playbackId = null;
        if (this.#state.phase === "asking") this.#parts.tell({ kind: "listening" });
        this.#input({ type: "said" });
        return;
      case "StasisStart":
      case "StasisEnd":
      case "ChannelStateChange":
      case "ChannelDestroyed":
      case "ChannelHangupRequest":
      case "Dial":
      case "ApplicationReplaced":
    }
  }

  /** After a lost and regained link: the end of a playback may have been missed, so nobody waits for it. */
  resume(): void {
    this.#listening.end();
    this.#listen();
    if (this.#playbackId === null) return;
    this.#playbackId = null;
    this.#input({ type: "said" });
  }

  #input(input: Input): void {
    if (this.#over) return;
    const { next, effects } = step(this.#state, input, this.#parts.rules);
    this.#state = next;
    for (const effect of effects) this.#perform(effect);
    this.#listen();
  }

  /** A line on which nothing is played doubles keys. */
  #listen(): void {
    if (this.#playbackId === null && this.#state.phase !== "closing") this.#listening.begin();
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "say":
        this.#say(effect.pieces);
        return;
      case "hush":
        this.#hush();
        return;
      case "wait":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.#input({ type: "waited" });
        }, effect.ms);
        return;
      case "stop_waiting":
        clearTimeout(this.#timer);
        return;
      case "rule":
        void this.#rule(effect.entry);
        return;
      case "hang_up":
        clearTimeout(this.#timer);
        this.#listening.forget();
        this.#parts.hangUp();
    }
  }

  #say(pieces: readonly PromptId[]): void {
    this.#hush();
    this.#listening.end();
    clearTimeout(this.#timer);
    const { ari, channelId, promptFile, tell } = this.#parts;
    const playbackId = randomUUID();
    this.#playbackId = playbackId;
    tell({ kind: "said", pieces });
    ari.play(channelId, playbackId, pieces.map(promptFile)).catch((error: unknown) => {
      this.#trouble("a prompt could not be played", error);
      // Silence is better than a line that hangs: go on as if it had been heard.
      if (this.#playbackId !== playbackId) return;
      this.#playbackId = null;
      this.#input({ type: "said" });
    });
  }

  #hush(): void {
    const playbackId = this.#playbackId;
    if (playbackId === null) return;
    this.#playbackId = null;
    this.#parts.ari.stopPlayback(playbackId).catch((error: unknown) => {
      this.#trouble("a prompt could not be stopped", error);
    });
  }

  async #rule(entry: Entry): Promise<void> {
    let ruling: Ruling;
    try {
      ruling = await this.#parts.rule(entry);
    } catch (error) {
      this.#trouble("an entry could not be ruled on", error);
      this.#input({ type: "ended", status: "unavailable" });
      return;
    }
    this.#parts.tell({ kind: "ruled", ruling });
    this.#input({ type: "ruled", ruling });
  }

  #trouble(what: string, error: unknown): void {
    if (this.#over) return;
    this.#parts.log.warn(what, { channel: this.#parts.channelId, error: errorText(error) });
  }
}

function isKey(digit: string): digit is Key {
  return /^[0-9*#]$/.test(digit);
}
