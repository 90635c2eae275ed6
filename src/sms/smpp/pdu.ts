/** One protocol data unit of SMPP 3.4, section 3.2. */
export interface Pdu {
  readonly command: number;
  /** 0 in requests. */
  readonly status: number;
  /** By which an answer names its request. */
  readonly sequence: number;
  readonly body: Buffer;
}

const HEADER_BYTES = 16;
/** A message_payload has at most 64 KiB; nothing that a gateway has to say is longer. */
const MOST_BYTES = 66_000;

/** What came is not SMPP 3.4: nobody knows where the next unit begins. */
export class SmppProtocolError extends Error {
  readonly code = "protocol_error";

  constructor(message: string) {
    super(message);
    this.name = "SmppProtocolError";
  }
}

export function encodePdu({ command, status, sequence, body }: Pdu): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(HEADER_BYTES + body.length, 0);
  header.writeUInt32BE(command, 4);
  header.writeUInt32BE(status, 8);
  header.writeUInt32BE(sequence, 12);
  return Buffer.concat([header, body]);
}

/** Cuts what comes by TCP into units. It never holds more than the longest unit and what came with its end. */
export class PduReader {
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = HEADER_BYTES;

  /** @throws {SmppProtocolError} for a length that cannot be. */
  *read(chunk: Buffer): Generator<Pdu> {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#wanted = HEADER_BYTES;
    while (bytes.length >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(0);
      if (length < HEADER_BYTES || length > MOST_BYTES) {
        throw new SmppProtocolError(`a length of ${String(length)}`);
      }
      if (bytes.length < length) {
        this.#wanted = length;
        break;
      }
      yield {
        command: bytes.readUInt32BE(4),
        status: bytes.readUInt32BE(8),
        sequence: bytes.readUInt32BE(12),
        body: bytes.subarray(HEADER_BYTES, length),
      };
      bytes = bytes.subarray(length);
    }
    this.#chunks = [bytes];
    this.#held = bytes.length;
  }
}
