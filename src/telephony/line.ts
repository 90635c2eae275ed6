import type { AriConnection } from "../ari/connection.js";
import { AriLinkDownError } from "../ari/errors.js";
import type { AriChannel, AriEvent } from "../ari/messages.js";
import { errorText, type Logger } from "../log.js";
import { type LineNotice, noticeOf } from "./line-notice.js";
import { NORMAL_CLEARING } from "./normal-clearing.js";

/** How a channel ended, as far as anybody said. */
export interface LineEnd {
  /** Asterisk, or the link to it, went away under the call: nobody hung up. */
  readonly lost: boolean;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
  /** The cause is Asterisk's translation of the SIP status, as far as can be told, and not what came. */
  readonly translated?: boolean;
  /** Of the SIP dialogue, where this Asterisk tells it. */
  readonly callId?: string;
}

export const LOST: LineEnd = { lost: true, sipStatus: null, q850Cause: null };

/** Of a call that was answered: a BYE without a Reason header field is normal clearing (RFC 3398 section 8.2.6). */
export function causeOfBye({ q850Cause, lost }: LineEnd): number | null {
  return q850Cause ?? (lost ? null : NORMAL_CLEARING);
}

/** Longest wait for Asterisk to confirm a hang-up, or to end a call it should have ended, milliseconds. */
export const HANGUP_GRACE_MS = 10_000;
/** A call whose link is gone for longer is given up, milliseconds. */
const LINK_GRACE_MS = 15_000;

export interface LineParts {
  readonly ari: Pick<AriConnection, "onChannel" | "hangUp">;
  readonly channelId: string;
  /**
   * What we hear last of the channel: Asterisk tells no ChannelDestroyed of one that came to us by the dialplan, and is
   * done with it when it leaves Stasis.
   */
  readonly lastEvent: "ChannelDestroyed" | "StasisEnd";
  readonly onNotice: (notice: LineNotice) => void;
  /** Called once, whatever happens. */
  readonly onEnd: (end: LineEnd) => void;
  readonly log: Pick<Logger, "warn">;
}

/**
 * One channel from our first interest in it to its end: it always ends, because every wait for
 * Asterisk has a deadline. What is said on it is others' business.
 */
export class Line {
  readonly #parts: LineParts;
  #unsubscribe: () => void = () => undefined;
  #guard: NodeJS.Timeout | undefined;
  #linkGuard: NodeJS.Timeout | undefined;
  #ended = false;
  /** Asterisk has said that it is hanging up. */
  #leaving = false;
  /**
   * Where a refusal gave a cause, an Asterisk before 22.7 asks for the hang-up without one (`ast_queue_hangup`),
   * else with its translation (`ast_queue_hangup_with_cause`). Since then it translates always, and says so always.
   */
  #translated = false;
  /** The first cause that was told of the hang-up. */
  #causeHeard: number | undefined;
  /** The hang-up that we have asked for, or would have but for the link. */
  #wanted: { readonly q850Cause: number; readonly unconfirmed: LineEnd } | undefined;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether we have asked for its end, or would have but for the link. */
  get hungUp(): boolean {
    return this.#wanted !== undefined;
  }

  listen(): void {
    const { ari, channelId } = this.#parts;
    this.#unsubscribe = ari.onChannel(channelId, (event) => {
      this.#onEvent(event);
    });
  }

  #onEvent(event: AriEvent): void {
    const { lastEvent, onNotice } = this.#parts;
    if (event.type === "ChannelHangupRequest") {
      this.#leaving = true;
      this.#translated ||= event.cause !== undefined;
      this.#causeHeard ??= event.cause;
    }
    if (event.type === "ChannelDestroyed") {
      this.end({
        lost: false,
        sipStatus: sipStatusOf(event.tech_cause),
        q850Cause: event.cause === 0 ? null : event.cause,
        translated: this.#translated,
        ...callIdOf(event.channel),
      });
    } else if (event.type === "StasisEnd" && lastEvent === "StasisEnd") {
      const q850Cause = this.#wanted?.q850Cause ?? this.#causeHeard ?? null;
      this.end({ lost: false, sipStatus: null, q850Cause });
    }
    const notice = noticeOf(event);
    if (notice !== undefined) onNotice(notice);
  }

  /** The one deadline of the present phase; setting it replaces the last. */
  guard(ms: number, then: () => void): void {
    clearTimeout(this.#guard);
    if (!this.#ended) this.#guard = setTimeout(then, ms);
  }

  /** @param unconfirmed how it ended, should Asterisk never say so. */
  hangUp(q850Cause: number, unconfirmed: LineEnd): void {
    if (this.#ended) return;
    this.#wanted = { q850Cause, unconfirmed };
    // A channel that is on its way out would be answered 404: asked only when it stays after all.
    if (!this.#leaving) this.#askToHangUp(q850Cause);
    this.guard(HANGUP_GRACE_MS, () => {
      // Once more, whatever became of the first time: nobody looks after the channel from here on.
      this.#askToHangUp(q850Cause);
      this.end(unconfirmed);
    });
  }

  #askToHangUp(q850Cause: number): void {
    const { ari, channelId, log } = this.#parts;
    ari.hangUp(channelId, q850Cause).catch((error: unknown) => {
      // Without a link nothing can be asked: it is made up for when there is one again.
      if (error instanceof AriLinkDownError) return;
      log.warn("the call could not be hung up", { error: errorText(error) });
    });
  }

  linkDown(): void {
    this.#linkGuard ??= setTimeout(() => {
      // Where another program has our events the line can be hung up still: nobody hears what is keyed on it.
      this.#askToHangUp(this.#wanted?.q850Cause ?? NORMAL_CLEARING);
      this.end(LOST);
    }, LINK_GRACE_MS);
  }

  /** Events come again. What was to be hung up meanwhile was asked for in vain. */
  linkBack(): void {
    clearTimeout(this.#linkGuard);
    this.#linkGuard = undefined;
    if (this.#wanted !== undefined && !this.#ended) this.#askToHangUp(this.#wanted.q850Cause);
  }

  /** Asterisk has said which channels it has. @param alive whether this one is among them. */
  linkUp(alive: boolean): void {
    if (!alive) this.end(this.#wanted?.unconfirmed ?? LOST);
  }

  end(end: LineEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#guard);
    clearTimeout(this.#linkGuard);
    this.#unsubscribe();
    this.#parts.onEnd(end);
  }
}

/** Empty where the channel is no SIP dialogue. */
function callIdOf({ protocol_id: callId }: AriChannel): { callId?: string } {
  return callId === undefined || callId === "" ? {} : { callId };
}

/** `tech_cause` is 0 for a nominal end; a channel of another kind may put anything else there. */
function sipStatusOf(techCause: number | undefined): number | null {
  return techCause !== undefined && techCause >= 100 && techCause < 700 ? techCause : null;
}
