interface HeartbeatParts {
  readonly pingEveryMs: number;
  /** Longest silence after a ping, milliseconds. */
  readonly pongMs: number;
  readonly ping: () => void;
  /** Called once, unless it is stopped before. */
  readonly onSilence: () => void;
}

/** Asks the other side for a sign of life, again and again, until it is stopped or none comes. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #pingTimer: NodeJS.Timeout;
  #pongTimer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#pingTimer = setInterval(() => {
      this.#ping();
    }, parts.pingEveryMs);
  }

  pong(): void {
    clearTimeout(this.#pongTimer);
    clearImmediate(this.#lastLook);
    this.#pongTimer = undefined;
  }

  stop(): void {
    clearInterval(this.#pingTimer);
    this.pong();
  }

  #ping(): void {
    const { pongMs, ping, onSilence } = this.#parts;
    ping();
    // The oldest unanswered ping decides: a timer set anew at each ping would never end where pings are
    // sent more often than pongMs.
    this.#pongTimer ??= setTimeout(() => {
      // After a stall of our own timers come first, and only then what lay in the sockets meanwhile.
      this.#lastLook = setImmediate(() => {
        this.stop();
        onSilence();
      });
    }, pongMs);
  }
}
