import type { AriEvent } from "../ari/messages.js";
import type { ToldKey } from "../verification/told-key.js";

/** A key as Asterisk tells of it, which may be the same key twice or three times, or a stranger's. */
export interface LineKey extends Omit<ToldKey, "byInfo" | "beginning"> {
  /** The name of its channel. */
  readonly channel: string;
  /** Of the SIP dialogue; empty where there is none, or this Asterisk does not tell. */
  readonly callId: string;
}

/** What a call can notice of its line, but for the line's end. */
export type LineNotice =
  /** The far side shows life: 183. */
  | { readonly kind: "progress" }
  /** 180; may come again, from each telephone that rings. */
  | { readonly kind: "ringing" }
  /** It is ours to serve: a call that we placed was answered. */
  | { readonly kind: "entered" }
  | { readonly kind: "key"; readonly key: LineKey }
  /** What was played is over. */
  | { readonly kind: "played"; readonly playbackId: string };

/** @returns undefined for what no call takes notice of. */
export function noticeOf(event: AriEvent): LineNotice | undefined {
  switch (event.type) {
    case "Dial":
      if (event.dialstatus === "RINGING") return { kind: "ringing" };
      return event.dialstatus === "PROGRESS" || event.dialstatus === "PROCEEDING"
        ? { kind: "progress" }
        : undefined;
    case "ChannelStateChange":
      // 180 with SDP is told as PROGRESS, like 183: that it rings is seen in the state alone.
      return event.channel.state === "Ringing" ? { kind: "ringing" } : undefined;
    case "StasisStart":
      return { kind: "entered" };
    case "ChannelDtmfReceived":
      return { kind: "key", key: lineKey(event) };
    case "PlaybackFinished":
      return { kind: "played", playbackId: event.playback.id };
    case "ChannelDestroyed":
    case "ChannelHangupRequest":
    case "StasisEnd":
    case "ApplicationReplaced":
      return undefined;
  }
}

/** Its end is in epoch milliseconds. */
export function lineKey(event: Extract<AriEvent, { type: "ChannelDtmfReceived" }>): LineKey {
  const { digit, duration_ms: durationMs, channel } = event;
  const { name, protocol_id: callId = "" } = channel;
  return { channel: name, digit, durationMs, endedAt: endOf(event), callId };
}

/** As Asterisk stamped it when it read the key's end: events reach us late, and in bunches. */
function endOf({ timestamp }: { readonly timestamp?: string | undefined }): number {
  const stamped = timestamp === undefined ? NaN : Date.parse(timestamp);
  return Number.isNaN(stamped) ? Date.now() : stamped;
}
