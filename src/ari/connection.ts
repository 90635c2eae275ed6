import type { AriChannel, AriEvent } from "./messages.js";
import type { OnRequestEnd } from "./pending-requests.js";

export interface AriOptions {
  /** `http://127.0.0.1:8088`, with the prefix of Asterisk's `http.conf` if it has one. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the Stasis application. A second connection of that name takes it over: {@link AriConnection.replaced}. */
  readonly application: string;
  /** Deadline of every request, milliseconds. */
  readonly requestMs?: number;
  /** A link that is silent so long after a ping is dead, milliseconds. */
  readonly pongMs?: number;
  readonly pingEveryMs?: number;
  readonly reconnectBaseMs?: number;
  readonly reconnectCapMs?: number;
  /** Between two looks whether an application that was taken over is free again, milliseconds. */
  readonly lookAgainMs?: number;
  /** Told of what must not be lost but does not stop us. */
  readonly onTrouble?: (what: string, error?: unknown) => void;
  /** Told of each request when it has ended; for metrics. */
  readonly onRequestEnd?: OnRequestEnd;
}

/** What an option is when it is not given. */
export const ARI_DEFAULTS = {
  requestMs: 5_000,
  pongMs: 5_000,
  pingEveryMs: 10_000,
  reconnectBaseMs: 100,
  reconnectCapMs: 5_000,
  lookAgainMs: 2_000,
  onTrouble: (): void => undefined,
  onRequestEnd: (): void => undefined,
} as const;

/** Counters of the link, for metrics. */
export interface AriLinkCounters {
  connects: number;
  unknownMessages: number;
  lateAnswers: number;
  listenerErrors: number;
}

export interface OriginateRequest {
  /** Chosen by us: events can be awaited before the act, and a repeat is refused (409), not doubled. */
  readonly channelId: string;
  /** `PJSIP/…`; made of validated digits only. */
  readonly endpoint: string;
  readonly callerId: string | null;
  /** Seconds until Asterisk cancels an unanswered call. */
  readonly timeoutSeconds: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** What has arrived on a channel since its stream (SSRC) began, whatever was made of it. */
export interface ReceivedRtp {
  readonly packets: number;
  /** Without RTP headers. */
  readonly octets: number;
}

export type EventListener = (event: AriEvent) => void;

/**
 * The few operations on Asterisk that Honnin needs. Every promise settles: with the answer, with
 * {@link AriTimeoutError}, {@link AriRequestError} or {@link AriLinkDownError}.
 */
export interface AriConnection {
  /** Events come and requests are answered. */
  readonly up: boolean;
  /**
   * Whether Asterisk was asked, by a ping or for a new link, and gave no answer at all. False while nobody could ask
   * (no socket to be had), and where it refuses: what refuses lives.
   */
  readonly silent: boolean;
  /**
   * Another connection has our application: its events go there. Nothing can be asked but hang-ups, and it is not
   * taken back before the other has gone, or the two would take it from each other without end.
   */
  readonly replaced: boolean;
  readonly counters: Readonly<AriLinkCounters>;
  /** Resolves when the link stands; rejects when `ms` pass without. */
  ready(ms: number): Promise<void>;

  originate(request: OriginateRequest): Promise<void>;
  answer(channelId: string): Promise<void>;
  /** Plays files (absolute, without ending) one after another; `PlaybackFinished` comes once, at the end. */
  play(channelId: string, playbackId: string, files: readonly string[]): Promise<void>;
  /** It stays as it is, unheard, until it is stopped. Refused (409) before it has begun. */
  pausePlayback(playbackId: string): Promise<void>;
  stopPlayback(playbackId: string): Promise<void>;
  hangUp(channelId: string, q850Cause: number): Promise<void>;
  setVariable(channelId: string, name: string, value: string): Promise<void>;
  /** Of the dialplan; lasts until Asterisk starts again. */
  setGlobalVariable(name: string, value: string): Promise<void>;
  /** Null: it is not set, or there is no such channel. */
  readVariable(channelId: string, name: string): Promise<string | null>;
  listChannels(): Promise<readonly AriChannel[]>;
  /** Null where the channel has no RTP, or Asterisk (before 16.5) does not tell. */
  receivedRtp(channelId: string): Promise<ReceivedRtp | null>;

  /** Events of one channel, its playbacks included. Returns the function that ends it. */
  onChannel(channelId: string, listener: EventListener): () => void;
  /** Events of channels that nobody listens to: new inbound calls, left-overs. */
  onStray(listener: EventListener): () => void;
  /** The link came up (again); nothing is replayed, so reconcile with {@link listChannels}. */
  onUp(listener: () => void): () => void;
  onDown(listener: (why: string) => void): () => void;

  close(): Promise<void>;
}
