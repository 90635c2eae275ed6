/** Netstrings (`5:hello,`), in which baresip's control port talks. */

export function encodeNetstring(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes, Buffer.from(",")]);
}

/** Cuts a stream of bytes, however it was chopped up on its way, into the strings it holds. */
export class NetstringReader {
  #rest = Buffer.alloc(0);

  /** The strings that are whole now. */
  push(chunk: Buffer): string[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const whole: string[] = [];
    for (;;) {
      const colon = this.#rest.indexOf(":");
      if (colon < 0) return whole;
      const length = Number(this.#rest.subarray(0, colon).toString());
      if (!Number.isInteger(length)) throw new Error("baresip's control port does not speak netstrings");
      const end = colon + 1 + length;
      if (this.#rest.length <= end) return whole;
      whole.push(this.#rest.subarray(colon + 1, end).toString());
      this.#rest = this.#rest.subarray(end + 1);
    }
  }
}
