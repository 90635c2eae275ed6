/** The header of a SIP message, as far as a copy of one is looked into. */
export interface SipHead {
  /** Of all header fields of these names, in their order; folded lines are one (RFC 3261 section 7.3.1). */
  readonly valuesOf: (name: RegExp) => string[];
  readonly callId: string | undefined;
  /** Of the CSeq. */
  readonly method: string | undefined;
  /** Of the CSeq; NaN: none can be read. */
  readonly sequence: number;
  readonly body: string;
}

export function readHead(message: Buffer): SipHead {
  const text = message.toString("latin1");
  const blank = /\r?\n\r?\n/.exec(text);
  const head = blank === null ? text : text.slice(0, blank.index);
  const lines = head.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const valuesOf = (name: RegExp): string[] =>
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon > 0 && name.test(line.slice(0, colon).trim()) ? [line.slice(colon + 1).trim()] : [];
    });
  const [cseq = ""] = valuesOf(/^cseq$/i);
  return {
    valuesOf,
    callId: valuesOf(/^(call-id|i)$/i)[0],
    method: /\s(\S+)$/.exec(cseq)?.[1],
    sequence: parseInt(cseq),
    body: blank === null ? "" : text.slice(blank.index + blank[0].length),
  };
}
