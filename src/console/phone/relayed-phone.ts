import type { RawData, WebSocket } from "ws";
import { PHONE_CLOSED } from "../contract/phone-closed.js";
import type { Registrations } from "./registrations.js";

/** A connection that does not read what comes to it: SIP is a few kilobytes a call. */
const MOST_WAITING_BYTES = 256 * 1024;
const GRACE_MS = 2_000;

export interface RelayedPhoneParts {
  readonly registrations: Registrations;
  /** Whether whoever opened it may use it still. */
  readonly mayStay: () => Promise<boolean>;
  /** A browser that registers anew every two minutes is never idle as long. */
  readonly idleMs: number;
  /** Between two looks at whether it is there, and may be. */
  readonly lookEveryMs: number;
}

/** One telephone: what its browser says to Asterisk and hears from it, message by message. */
export class RelayedPhone {
  readonly #browser: WebSocket;
  readonly #asterisk: WebSocket;
  readonly #parts: RelayedPhoneParts;
  readonly #timer: NodeJS.Timeout;
  #spokeAt = performance.now();
  #answered = true;
  #over = false;

  constructor(browser: WebSocket, asterisk: WebSocket, parts: RelayedPhoneParts) {
    this.#browser = browser;
    this.#asterisk = asterisk;
    this.#parts = parts;
    browser.on("message", (data, isBinary) => {
      this.#spokeAt = performance.now();
      // RFC 7118 allows binary messages; no browser telephone sends them.
      if (isBinary) this.#end(1003, "text only");
      else this.#pass(asterisk, asText(data));
    });
    asterisk.on("message", (data) => {
      const text = asText(data);
      parts.registrations.note(text, this);
      this.#pass(browser, text);
    });
    browser.on("pong", () => {
      this.#answered = true;
    });
    // Too large a message, a broken frame: `ws` closes, with the code that belongs to it.
    browser.on("error", () => undefined);
    asterisk.on("error", () => undefined);
    browser.on("close", () => {
      this.#end(1000, "");
    });
    asterisk.on("close", () => {
      this.#end(1012, "Asterisk has gone");
    });
    this.#timer = setInterval(() => {
      this.#look();
    }, parts.lookEveryMs);
  }

  takenOver(): void {
    this.#end(PHONE_CLOSED.takenOver, "another window is this telephone now");
  }

  close(): void {
    this.#end(1001, "the service is stopping");
  }

  #pass(to: WebSocket, text: string): void {
    if (to.readyState !== to.OPEN) return;
    if (to.bufferedAmount > MOST_WAITING_BYTES) this.#end(1013, "it does not read");
    else to.send(text);
  }

  #look(): void {
    if (!this.#answered) {
      this.#browser.terminate();
      return;
    }
    if (performance.now() - this.#spokeAt > this.#parts.idleMs) {
      this.#end(PHONE_CLOSED.idle, "nothing was said for too long");
      return;
    }
    this.#answered = false;
    this.#browser.ping();
    this.#parts.mayStay().then(
      (may) => {
        if (!may) this.#end(PHONE_CLOSED.sessionOver, "log in again");
      },
      // The database is away: it is asked again with the next look.
      () => undefined,
    );
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#timer);
    this.#parts.registrations.gone(this);
    this.#browser.close(code, reason);
    this.#asterisk.close();
    setTimeout(() => {
      this.#browser.terminate();
      this.#asterisk.terminate();
    }, GRACE_MS).unref();
  }
}

function asText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return Buffer.isBuffer(data) ? data.toString("utf8") : Buffer.from(data).toString("utf8");
}
