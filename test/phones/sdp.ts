/** A session description (RFC 8866) as a peer in the field sends it; what is left out is the usual. */
export interface SdpOptions {
  /** Where it wants its sound. */
  readonly port: number;
  /** Version in the origin line: counts up with each change (RFC 3264 section 8). Default 1. */
  readonly version?: number;
  readonly codec?: keyof typeof CODECS;
  /** Payload type of its telephone events (RFC 4733); null: it has none. Default 101. */
  readonly events?: number | null;
  /** `RTP/AVP` by default. */
  readonly profile?: string;
  /** Address of the connection line; `0.0.0.0` holds the old way (RFC 2543). */
  readonly address?: string;
  /** `sendrecv` by default. */
  readonly direction?: string;
  /** Milliseconds of sound in a packet that it asks for. Default 20. */
  readonly ptime?: number;
  /** More attributes of the audio line. */
  readonly attributes?: readonly string[];
  /** Whole media lines before and after the audio line. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

const CODECS = { ulaw: "0 PCMU/8000", alaw: "8 PCMA/8000" } as const;

export function sdp(options: SdpOptions): string {
  const { port, version = 1, codec = "ulaw", events = 101, before = [], after = [] } = options;
  return [
    "v=0",
    `o=phone 7 ${version} IN IP4 127.0.0.1`,
    "s=-",
    `c=IN IP4 ${options.address ?? "127.0.0.1"}`,
    "t=0 0",
    ...before,
    ...audioLine({ ...options, port, codec, events }),
    ...after,
    "",
  ].join("\r\n");
}

export function audioLine({
  port,
  codec = "ulaw",
  events = 101,
  profile = "RTP/AVP",
  direction = "sendrecv",
  ptime = 20,
  attributes = [],
}: Omit<SdpOptions, "before" | "after">): string[] {
  const rtpmap = CODECS[codec];
  return [
    `m=audio ${port} ${profile} ${rtpmap.split(" ")[0]}${events === null ? "" : ` ${events}`}`,
    `a=rtpmap:${rtpmap}`,
    ...(events === null ? [] : [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-15`]),
    `a=ptime:${ptime}`,
    `a=${direction}`,
    ...attributes,
  ];
}

/** The description as one part of several, beside the ISUP message that a gateway to the old network sends along. */
export function withIsup(description: string): { readonly type: string; readonly body: string } {
  const part = (headers: readonly string[], body: string): string =>
    `--part\r\n${headers.join("\r\n")}\r\n\r\n${body}\r\n`;
  return {
    type: "multipart/mixed;boundary=part",
    body: `${part(["Content-Type: application/sdp", "Content-Disposition: session;handling=required"], description)}${part(
      ["Content-Type: application/isup;version=ttc87", "Content-Disposition: signal;handling=optional"],
      "ISUP",
    )}--part--\r\n`,
  };
}
