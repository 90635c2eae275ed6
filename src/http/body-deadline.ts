import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";

/** How long a request may take to come, whole: a client that sends a byte a minute must not hold a socket. */
export const REQUEST_MS = 20_000;
/** Of a large file of somebody who is known: 20 MB at 35 KB/s. */
export const FILE_MS = 600_000;

const TOO_SLOW = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** The usual time for every request of a server whose own limit is that of files. */
export const bodyDeadline: RequestHandler = (request, _response, next) => {
  giveTime(request, REQUEST_MS);
  request.once("close", () => {
    clearTimeout(timers.get(request));
  });
  next();
};

/** Another time for a body to come, from now on. For a route that knows who sends it, and takes few at one time. */
export function giveTime(request: IncomingMessage, ms: number): void {
  clearTimeout(timers.get(request));
  const timer = setTimeout(() => {
    const { socket } = request;
    // What has come is being worked on, which may take as long as it likes.
    if (request.complete || socket.destroyed) return;
    socket.end(TOO_SLOW, () => {
      socket.destroy();
    });
  }, ms);
  timers.set(request, timer.unref());
}
