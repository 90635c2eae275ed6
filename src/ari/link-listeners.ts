import type { AriLinkCounters, EventListener } from "./connection.js";
import { AriLinkDownError, AriTimeoutError } from "./errors.js";
import { Listeners } from "./listeners.js";
import { type AriEvent, channelIdOf } from "./messages.js";

const CLOSED = "the connection to Asterisk was closed";

/** Whether a link stands, and everybody who wants to hear of that and of its events: the same for every connector. */
export class LinkListeners {
  readonly counters: AriLinkCounters = { connects: 0, unknownMessages: 0, lateAnswers: 0, listenerErrors: 0 };
  readonly #onTrouble: (what: string, error?: unknown) => void;
  readonly #channels = new Map<string, Listeners<[AriEvent]>>();
  readonly #strays = this.#listeners<[AriEvent]>();
  readonly #ups = this.#listeners<[]>();
  readonly #downs = this.#listeners<[string]>();
  readonly #closings = this.#listeners<[]>();
  #up = false;
  #closed = false;

  constructor(onTrouble: (what: string, error?: unknown) => void) {
    this.#onTrouble = onTrouble;
  }

  get up(): boolean {
    return this.#up;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** See {@link AriConnection.ready}. */
  ready(ms: number): Promise<void> {
    if (this.#closed) return Promise.reject(new AriLinkDownError(CLOSED));
    if (this.#up) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        offUp();
        offClosing();
        settle();
      };
      const timer = setTimeout(() => {
        end(() => {
          reject(new AriTimeoutError("CONNECT", "events", ms));
        });
      }, ms);
      const offUp = this.#ups.add(() => {
        end(resolve);
      });
      const offClosing = this.#closings.add(() => {
        end(() => {
          reject(new AriLinkDownError(CLOSED));
        });
      });
    });
  }

  onChannel(channelId: string, listener: EventListener): () => void {
    let listeners = this.#channels.get(channelId);
    if (listeners === undefined) {
      listeners = this.#listeners<[AriEvent]>();
      this.#channels.set(channelId, listeners);
    }
    const ofChannel = listeners;
    const remove = ofChannel.add(listener);
    return () => {
      remove();
      if (ofChannel.size === 0) this.#channels.delete(channelId);
    };
  }

  onStray(listener: EventListener): () => void {
    return this.#strays.add(listener);
  }

  onUp(listener: () => void): () => void {
    return this.#ups.add(listener);
  }

  onDown(listener: (why: string) => void): () => void {
    return this.#downs.add(listener);
  }

  /** Tells it to the listeners of its channel; to those of the strays when there are none. */
  dispatch(event: AriEvent): void {
    const channelId = channelIdOf(event);
    const listeners = channelId === undefined ? undefined : this.#channels.get(channelId);
    (listeners ?? this.#strays).emit(event);
  }

  isUp(): void {
    this.#up = true;
    this.#ups.emit();
  }

  /** Tells it only of a link that was up. */
  isDown(why: string): void {
    if (!this.#up) return;
    this.#up = false;
    this.#downs.emit(why);
  }

  isClosed(): void {
    this.#closed = true;
    this.#closings.emit();
  }

  #listeners<Args extends readonly unknown[]>(): Listeners<Args> {
    return new Listeners<Args>((error) => {
      this.counters.listenerErrors += 1;
      this.#onTrouble("a listener threw", error);
    });
  }
}
