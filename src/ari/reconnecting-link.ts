import { backoffMs } from "./backoff.js";
import type { AriLinkCounters, AriOptions, EventListener } from "./connection.js";
import { Heartbeat } from "./heartbeat.js";
import { LinkListeners } from "./link-listeners.js";
import { PendingRequests } from "./pending-requests.js";

/**
 * What is the same for every connector, whatever it speaks: who listens, what waits for an answer, the
 * heartbeat of a link that stands, and the pause before a broken one is tried again.
 */
export abstract class ReconnectingLink {
  protected readonly options: Required<AriOptions>;
  protected readonly pending: PendingRequests;
  protected readonly link: LinkListeners;
  #heartbeat: Heartbeat | undefined;
  #failures = 0;
  #silent = false;
  #reconnectTimer: NodeJS.Timeout | undefined;

  /** The connector calls {@link connect} itself, when it is made. */
  constructor(options: Required<AriOptions>) {
    this.options = options;
    this.pending = new PendingRequests(options.requestMs);
    this.link = new LinkListeners(options.onTrouble);
  }

  get up(): boolean {
    return this.link.up;
  }

  get silent(): boolean {
    return this.#silent;
  }

  get counters(): Readonly<AriLinkCounters> {
    return this.link.counters;
  }

  ready(ms: number): Promise<void> {
    return this.link.ready(ms);
  }

  onChannel(channelId: string, listener: EventListener): () => void {
    return this.link.onChannel(channelId, listener);
  }

  onStray(listener: EventListener): () => void {
    return this.link.onStray(listener);
  }

  onUp(listener: () => void): () => void {
    return this.link.onUp(listener);
  }

  onDown(listener: (why: string) => void): () => void {
    return this.link.onDown(listener);
  }

  /** Tries once; ends in {@link connected} or in {@link broken}. Never throws. */
  protected abstract connect(): void;

  /**
   * There is a link: its heartbeat begins.
   *
   * @param onSilence called when a ping was not answered ({@link pong}) in time.
   */
  protected connected(ping: () => void, onSilence: () => void): void {
    this.link.counters.connects += 1;
    this.#failures = 0;
    this.#silent = false;
    const { pingEveryMs, pongMs } = this.options;
    this.#heartbeat = new Heartbeat({
      pingEveryMs,
      pongMs,
      ping,
      onSilence: () => {
        this.#silent = true;
        onSilence();
      },
    });
  }

  protected pong(): void {
    this.#heartbeat?.pong();
  }

  /**
   * The link is gone, or did not come about: what waits is rejected, and after a pause it is tried again.
   *
   * @param silent whether there was no answer to the attempt at a link; left out where that is not known.
   */
  protected broken(why: string, silent: boolean = this.#silent): void {
    this.#silent = silent;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.pending.rejectAll(`the link broke: ${why}`);
    this.link.isDown(why);
    if (this.link.closed) return;
    const { reconnectBaseMs, reconnectCapMs } = this.options;
    const delay = backoffMs(this.#failures, reconnectBaseMs, reconnectCapMs, Math.random);
    this.#failures += 1;
    this.#reconnectTimer = setTimeout(() => {
      this.connect();
    }, delay);
  }

  /** Tries no more. */
  protected closed(): void {
    clearTimeout(this.#reconnectTimer);
    this.link.isClosed();
  }
}
