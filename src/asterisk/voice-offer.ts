import { readHead } from "./sip-head.js";

/** What kind of voice an INVITE offers first. */
export interface VoiceOffer {
  readonly callId: string;
  /** In the first voice line that is not refused itself: RTP/SAVP, RTP/SAVPF, or the same over DTLS. */
  readonly encrypted: boolean;
}

/** Reads the offer of a call; undefined for every other message, and for a call without one. */
export function readVoiceOffer(message: Buffer): VoiceOffer | undefined {
  if (message.toString("latin1", 0, 7) !== "INVITE ") return undefined;
  const { callId, body } = readHead(message);
  const profile = /^m=audio [1-9]\d*(?:\/\d+)? (\S+)/m.exec(body)?.[1];
  if (callId === undefined || profile === undefined) return undefined;
  return { callId, encrypted: /SAVPF?$/i.test(profile) };
}
