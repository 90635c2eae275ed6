/**
 * What Asterisk says over the events socket, as far as we use it. Shapes from Asterisk's own
 * `rest-api/events.json` and `channels.json` (22.10).
 */

export interface AriChannel {
  readonly id: string;
  readonly name: string;
  /** `Down`, `Ring`, `Ringing`, `Up` … */
  readonly state: string;
  readonly caller: { readonly name: string; readonly number: string };
  /** The variables that `ari.conf` lists in `channelvars`. */
  readonly channelvars?: Readonly<Record<string, string>>;
  /** Of its SIP dialogue: the Call-ID. Since 16.18, 18.4. */
  readonly protocol_id?: string;
  /** Where in the dialplan it is, and with what application: `Stasis`, `honnin,inbound,…`. */
  readonly dialplan?: {
    readonly context?: string;
    readonly exten?: string;
    readonly app_name?: string;
    readonly app_data?: string;
  };
}

interface Stamped {
  readonly timestamp?: string;
}

export type AriEvent = Stamped &
  (
    | { readonly type: "StasisStart"; readonly channel: AriChannel; readonly args: readonly string[] }
    | { readonly type: "StasisEnd"; readonly channel: AriChannel }
    | {
        readonly type: "ChannelDestroyed";
        readonly channel: AriChannel;
        /** Q.850 cause; 0 when unknown. */
        readonly cause: number;
        readonly cause_txt: string;
        /** SIP status of an unsuccessful INVITE, since Asterisk 22.7. */
        readonly tech_cause?: number;
      }
    /** Its `state` is another: `Ringing` on 180, whatever came with it. */
    | { readonly type: "ChannelStateChange"; readonly channel: AriChannel }
    | {
        readonly type: "ChannelHangupRequest";
        readonly channel: AriChannel;
        readonly cause?: number;
        readonly tech_cause?: number;
      }
    | {
        readonly type: "ChannelDtmfReceived";
        readonly channel: AriChannel;
        readonly digit: string;
        readonly duration_ms: number;
      }
    | {
        readonly type: "Dial";
        readonly peer: AriChannel;
        /** Empty at the start, then `PROGRESS`, `RINGING`, `ANSWER`, `BUSY` … */
        readonly dialstatus: string;
      }
    | {
        readonly type: "PlaybackFinished";
        readonly playback: {
          readonly id: string;
          readonly target_uri: string;
          readonly state: "done" | "failed" | "canceled";
        };
      }
    | { readonly type: "ApplicationReplaced"; readonly application: string }
  );

type AriEventType = AriEvent["type"];

const KNOWN: ReadonlySet<string> = new Set<AriEventType>([
  "StasisStart",
  "StasisEnd",
  "ChannelDestroyed",
  "ChannelStateChange",
  "ChannelHangupRequest",
  "ChannelDtmfReceived",
  "Dial",
  "PlaybackFinished",
  "ApplicationReplaced",
]);

/** Event types that Asterisk is asked to send. */
export const EVENT_TYPES: readonly string[] = [...KNOWN];

/** The same over a socket that carries requests too: without `RESTResponse` the answers are filtered away. */
export const WANTED_TYPES: readonly string[] = [...EVENT_TYPES, "RESTResponse"];

/** The answer to a REST request that went over the socket. */
export interface RestResponse {
  readonly type: "RESTResponse";
  readonly request_id: string;
  readonly status_code: number;
  readonly reason_phrase: string;
  /** JSON text; absent with 204. */
  readonly message_body?: string;
}

export type AriMessage =
  | { readonly kind: "event"; readonly event: AriEvent }
  | { readonly kind: "response"; readonly response: RestResponse }
  | { readonly kind: "unknown"; readonly type: string };

/**
 * Sorts one message. What is no JSON object with a type, and an event without the object that it tells
 * of, comes out as unknown, never as a throw.
 */
export function parseMessage(text: string): AriMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "unknown", type: "(not JSON)" };
  }
  if (typeof value !== "object" || value === null || !("type" in value) || typeof value.type !== "string") {
    return { kind: "unknown", type: "(no type)" };
  }
  if (value.type === "RESTResponse") return { kind: "response", response: value as RestResponse };
  if (!isKnown(value.type) || !hasSubject(value.type, value)) return { kind: "unknown", type: value.type };
  return { kind: "event", event: value as unknown as AriEvent };
}

function isKnown(type: string): type is AriEventType {
  return KNOWN.has(type);
}

/** Whether the event names its channel or playback: {@link channelIdOf} relies on it. */
function hasSubject(type: AriEventType, event: object): boolean {
  switch (type) {
    case "ApplicationReplaced":
      return true;
    case "PlaybackFinished":
      return hasText(event, "playback", "id") && hasText(event, "playback", "target_uri");
    case "Dial":
      return hasText(event, "peer", "id");
    case "StasisStart":
    case "StasisEnd":
    case "ChannelDestroyed":
    case "ChannelStateChange":
    case "ChannelHangupRequest":
    case "ChannelDtmfReceived":
      return hasText(event, "channel", "id");
  }
}

function hasText(event: object, subject: string, field: string): boolean {
  const object = (event as Record<string, unknown>)[subject];
  if (typeof object !== "object" || object === null) return false;
  return typeof (object as Record<string, unknown>)[field] === "string";
}

/** The channel that an event tells of; undefined for events of the application. */
export function channelIdOf(event: AriEvent): string | undefined {
  switch (event.type) {
    case "PlaybackFinished":
      return event.playback.target_uri.startsWith("channel:")
        ? event.playback.target_uri.slice("channel:".length)
        : undefined;
    case "Dial":
      return event.peer.id;
    case "ApplicationReplaced":
      return undefined;
    case "StasisStart":
    case "StasisEnd":
    case "ChannelDestroyed":
    case "ChannelStateChange":
    case "ChannelHangupRequest":
    case "ChannelDtmfReceived":
      return event.channel.id;
  }
}
