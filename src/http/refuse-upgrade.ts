import type { Duplex } from "node:stream";

/** For a refusal to be taken. */
const REFUSAL_MS = 5_000;

interface Answer {
  readonly type: string;
  readonly body: string;
  /** Whole lines. */
  readonly headers?: readonly string[];
}

/** No response object exists at an upgrade: the answer is written by hand. */
export function refuseUpgrade(socket: Duplex, status: number, { type, body, headers = [] }: Answer): void {
  // Nobody reads this socket any more, and none of the server's limits holds for it: it goes when all is
  // written, or when the other side does not take it.
  socket.once("finish", () => socket.destroy());
  setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
  socket.end(
    [
      `HTTP/1.1 ${status} Refused`,
      `Content-Type: ${type}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...headers,
      "Cache-Control: no-store",
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
