/** A SIP message (RFC 3261, section 7), as far as a test or a carrier has to look into it. */
export interface SipMessage {
  readonly startLine: string;
  /** In the order of the message; values of Via, Route and Record-Route one at a time. */
  readonly headers: readonly SipHeader[];
  readonly body: string;
}

export interface SipHeader {
  readonly name: string;
  readonly value: string;
}

/** Compact forms (RFC 3261, section 7.3.3) of the headers we look at. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  v: "Via",
  i: "Call-ID",
  f: "From",
  t: "To",
  m: "Contact",
  l: "Content-Length",
  c: "Content-Type",
};
/** SIPp folds these into one line, separated by commas; each value is a hop of its own. */
const HOPS = new Set(["via", "route", "record-route"]);

export function parseSip(text: string): SipMessage | undefined {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [startLine = "", ...lines] = head.split("\r\n");
  if (!/^SIP\/2\.0 \d{3} | SIP\/2\.0$/.test(startLine)) return undefined;
  const headers = lines.flatMap((line): SipHeader[] => {
    const colon = line.indexOf(":");
    if (colon < 0) return [];
    const short = line.slice(0, colon).trim();
    const name = LONG_NAMES[short.toLowerCase()] ?? short;
    const value = line.slice(colon + 1).trim();
    if (!HOPS.has(name.toLowerCase())) return [{ name, value }];
    return value.split(/,\s*/).map((hop) => ({ name, value: hop }));
  });
  return { startLine, headers, body: rest.join("\r\n\r\n") };
}

export function renderSip({ startLine, headers, body }: SipMessage): string {
  const kept = headers.filter(({ name }) => name.toLowerCase() !== "content-length");
  const lines = [...kept, { name: "Content-Length", value: String(Buffer.byteLength(body)) }];
  return `${startLine}\r\n${lines.map(({ name, value }) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** First value of a header, by its long name. */
export function header(message: SipMessage, name: string): string | undefined {
  return message.headers.find((entry) => entry.name.toLowerCase() === name.toLowerCase())?.value;
}

/** Status of a response, undefined for a request. */
export function statusOf(message: SipMessage): number | undefined {
  const status = /^SIP\/2\.0 (\d{3})/.exec(message.startLine)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** Method of a request, undefined for a response. */
export function methodOf(message: SipMessage): string | undefined {
  return statusOf(message) === undefined ? message.startLine.split(" ")[0] : undefined;
}

/** The method that a response answers, or that a request is. */
export function cseqMethodOf(message: SipMessage): string | undefined {
  return header(message, "CSeq")?.split(/\s+/)[1];
}

/** User part of a request's URI: the number that was dialled. */
export function dialledNumber(request: SipMessage): string | undefined {
  return /^\S+ sips?:([^@;>\s]+)@/.exec(request.startLine)?.[1];
}

export function isInDialog(request: SipMessage): boolean {
  return /;\s*tag=/i.test(header(request, "To") ?? "");
}

/** Where an SDP body wants its audio sent (RFC 8866: c= and m=audio). */
export function audioAddress(body: string): { address: string; port: number } | undefined {
  const address = /^c=IN IP4 (\S+)/m.exec(body)?.[1];
  const port = /^m=audio (\d+) /m.exec(body)?.[1];
  return address === undefined || port === undefined ? undefined : { address, port: Number(port) };
}
