import { SmppProtocolError } from "./pdu.js";

/** An octet string with its end, section 3.1. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, "latin1");
}

/** An optional parameter, section 5.3.1: tag, length, value. */
export function optional(tag: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** Reads a body from its front to its end. Whatever is cut short or too long is no SMPP. */
export class FieldReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /**
   * @param most bytes, with its end.
   * @throws {SmppProtocolError}
   */
  cString(most: number): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0 || end - this.#at >= most) throw new SmppProtocolError("a text without its end");
    const text = this.#body.toString("latin1", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** @throws {SmppProtocolError} */
  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  /** @throws {SmppProtocolError} */
  bytes(length: number): Buffer {
    if (this.#at + length > this.#body.length) throw new SmppProtocolError("a body cut short");
    this.#at += length;
    return this.#body.subarray(this.#at - length, this.#at);
  }

  /**
   * The optional parameters, which are the rest; of several of one tag the first.
   *
   * @throws {SmppProtocolError}
   */
  optionals(): ReadonlyMap<number, Buffer> {
    const values = new Map<number, Buffer>();
    while (this.#at < this.#body.length) {
      const head = this.bytes(4);
      const value = this.bytes(head.readUInt16BE(2));
      const tag = head.readUInt16BE(0);
      if (!values.has(tag)) values.set(tag, value);
    }
    return values;
  }
}
