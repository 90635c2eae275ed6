import { randomUUID } from "node:crypto";
import type { AriConnection } from "../ari/connection.js";
import type { Revealed } from "../acts/reveal-code.js";
import type { Effect, Input, Key, Talk } from "../verification/dialogue.js";
import { isSpelling, type PromptId } from "../verification/prompt-id.js";
import type { PromptFile } from "../prompts/call-prompts.js";
import type { Entry, Ruling } from "../verification/ruling.js";
import type { VerificationStatus } from "../verification/status.js";
import type { CallEventBody } from "./call-events.js";
import type { CallFault } from "./call-fault.js";
import { KeyHearing } from "./key-hearing.js";
import type { Overheard } from "./last-word.js";
import type { LineNotice } from "./line-notice.js";
import { Listening } from "./listening.js";
import { MediaSource } from "./media-source.js";
import { PatientTimer } from "./patient-timer.js";
import { UnheardKeys } from "./unheard-keys.js";

interface ConversationParts {
  readonly ari: AriConnection;
  readonly channelId: string;
  readonly talk: Talk;
  readonly prompts: Promise<PromptFile>;
  readonly overheard: Overheard | undefined;
  /** Commits and rules; what it resolves with is durable. */
  readonly rule: (entry: Entry) => Promise<Ruling>;
  /** Gives the code to be read aloud, once it is durable that it is. */
  readonly reveal: () => Promise<Revealed>;
  /** Notes, durably, that keys came and were not understood. */
  readonly noteUnheard: () => Promise<void>;
  /** Notes that keys came from another address than the peer's and did not count. */
  readonly noteStranger: () => void;
  readonly hangUp: () => void;
  readonly tell: (event: CallEventBody) => void;
  readonly trouble: (fault: CallFault, what: string, error: unknown) => void;
}

/** Carries out one conversation on one channel: it decides what is done, this one plays, waits and asks. */
export class ConversationRunner {
  readonly #parts: ConversationParts;
  readonly #keys: KeyHearing;
  readonly #unheard: UnheardKeys;
  #playbackId: string | null = null;
  /** From the first prompt on: nobody keys before it. */
  #listening: Listening | undefined;
  /** Hung up by us. */
  #closed = false;
  readonly #timer = new PatientTimer(() => this.#keys.settled());
  #over = false;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    const { ari, channelId, overheard } = parts;
    this.#keys = new KeyHearing({
      source: new MediaSource({ ari, channelId, overheard, onStranger: parts.noteStranger }),
      overheard,
      onPress: (digit, doubtful) => {
        this.#onPress(digit, doubtful);
      },
      onTrouble: (error) => {
        this.#trouble("key", "a key could not be taken", error);
      },
    });
    this.#unheard = new UnheardKeys({ ari, channelId, onFound: parts.noteUnheard });
  }

  start(): void {
    this.#input({ type: "answered" });
  }

  /** The verification ended from elsewhere, by deadline or cancel, or nothing can be asked. */
  end(status: VerificationStatus | "unavailable"): void {
    this.#input({ type: "ended", status });
  }

  /** The channel is gone; nothing more is played or asked. A ruling under way still commits. */
  stop(): void {
    this.#over = true;
    this.#listening?.forget();
    this.#timer.clear();
  }

  onNotice(notice: LineNotice): void {
    switch (notice.kind) {
      case "key":
        this.#unheard.heard();
        this.#keys.onKey(notice.key);
        return;
      case "played":
        this.#listening?.onPlayed(notice.playbackId);
        // Only the current one: a prompt that was hushed or replaced says nothing any more.
        if (notice.playbackId !== this.#playbackId) return;
        this.#playbackId = null;
        this.#heard();
        return;
      case "progress":
      case "ringing":
      case "entered":
    }
  }

  /** After a lost and regained link: the end of a playback may have been missed, so nobody waits for it. */
  resume(): void {
    this.#listening?.relink();
    this.#listen();
    if (this.#playbackId === null) return;
    this.#playbackId = null;
    this.#input({ type: "said" });
  }

  #onPress(digit: string, doubtful: boolean): void {
    if (this.#over || !isKey(digit)) return;
    this.#parts.tell({ kind: "key" });
    this.#input({ type: "key", key: digit, doubtful });
  }

  /** A conversation that waits for a key after it has spoken listens. */
  #heard(): void {
    const effects = this.#input({ type: "said" });
    if (effects.some((effect) => effect.do === "wait")) this.#parts.tell({ kind: "listening" });
  }

  #input(input: Input): readonly Effect[] {
    if (this.#over) return [];
    const effects = this.#parts.talk(input);
    for (const effect of effects) this.#perform(effect);
    this.#listen();
    return effects;
  }

  /** A line on which nothing is played doubles keys. */
  #listen(): void {
    if (this.#playbackId === null && !this.#closed) this.#listening?.begin();
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "say":
        this.#say(effect.pieces);
        return;
      case "hush":
        this.#interrupt();
        return;
      case "wait":
        this.#timer.set(effect.ms, () => {
          this.#unheard.look();
          this.#input({ type: "waited" });
        });
        return;
      case "stop_waiting":
        this.#timer.clear();
        return;
      case "rule":
        void this.#rule(effect.entry);
        return;
      case "reveal":
        void this.#reveal();
        return;
      case "hang_up":
        this.#closed = true;
        this.#timer.clear();
        this.#listening?.forget();
        this.#parts.hangUp();
    }
  }

  #say(pieces: readonly PromptId[]): void {
    this.#hush();
    this.#listening?.end();
    this.#timer.clear();
    const playbackId = randomUUID();
    this.#playbackId = playbackId;
    const told = pieces.filter((id) => !isSpelling(id));
    if (told.length > 0) this.#parts.tell({ kind: "said", pieces: told });
    this.#play(playbackId, pieces).catch((error: unknown) => {
      this.#trouble("prompt", "a prompt could not be played", error);
      // Silence is better than a line that hangs: go on as if it had been heard.
      if (this.#playbackId !== playbackId) return;
      this.#playbackId = null;
      this.#input({ type: "said" });
    });
  }

  async #play(playbackId: string, pieces: readonly PromptId[]): Promise<void> {
    const { ari, channelId, prompts } = this.#parts;
    const promptFile = await prompts;
    this.#listening ??= new Listening(ari, channelId, promptFile("silence-listening"));
    // Hushed, or the caller gone, before it began.
    if (this.#over || this.#playbackId !== playbackId) return;
    await ari.play(channelId, playbackId, pieces.map(promptFile));
  }

  /** Somebody keys while a prompt is said. */
  #interrupt(): void {
    const playbackId = this.#playbackId;
    if (playbackId === null || this.#listening === undefined) {
      this.#hush();
      return;
    }
    this.#playbackId = null;
    this.#listening.interrupt(playbackId);
  }

  #hush(): void {
    const playbackId = this.#playbackId;
    if (playbackId === null) return;
    this.#playbackId = null;
    this.#parts.ari.stopPlayback(playbackId).catch((error: unknown) => {
      this.#trouble("prompt", "a prompt could not be stopped", error);
    });
  }

  async #rule(entry: Entry): Promise<void> {
    let ruling: Ruling;
    try {
      // Before the end is told, so that it is told with the note.
      if (entry.kind === "no_input") await this.#unheard.looked();
      ruling = await this.#parts.rule(entry);
    } catch (error) {
      this.#trouble("not_ruled", "an entry could not be ruled on", error);
      this.#input({ type: "ended", status: "unavailable" });
      return;
    }
    this.#parts.tell({ kind: "ruled", ruling });
    this.#input({ type: "ruled", ruling });
  }

  async #reveal(): Promise<void> {
    let revealed: Revealed;
    try {
      revealed = await this.#parts.reveal();
    } catch (error) {
      this.#trouble("not_read_out", "the code could not be read out", error);
      this.#input({ type: "ended", status: "unavailable" });
      return;
    }
    if (revealed.kind === "code") this.#input({ type: "revealed", secret: revealed.code });
    else this.#input({ type: "ended", status: revealed.status });
  }

  #trouble(fault: CallFault, what: string, error: unknown): void {
    if (!this.#over) this.#parts.trouble(fault, what, error);
  }
}

/** The letters A to D are no keys of a telephone that a person holds. */
function isKey(digit: string): digit is Key {
  return /^[0-9*#]$/.test(digit);
}
