import { setTimeout as delay } from "node:timers/promises";
import { ApplicationWatch, holdingVariable } from "./application-watch.js";
import { backoffMs } from "../backoff.js";
import type { AriLinkCounters, AriOptions, EventListener } from "./connection.js";
import { AriLinkDownError } from "./errors.js";
import { Heartbeat } from "./heartbeat.js";
import { LinkListeners } from "./link-listeners.js";
import type { AriEvent } from "./messages.js";
import { PendingRequests } from "./pending-requests.js";

/** What is asked before the link is up. */
const SAYING = "asterisk/variable";
/** For an Asterisk that hangs: nobody is kept waiting by a courtesy. */
const LEAVE_MS = 1_000;

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
  /** While another connection has our application. */
  #watch: ApplicationWatch | undefined;

  /** The connector calls {@link connect} itself, when it is made. */
  constructor(options: Required<AriOptions>) {
    this.options = options;
    this.pending = new PendingRequests(options.requestMs, options.onRequestEnd);
    this.link = new LinkListeners(options.onTrouble);
  }

  get up(): boolean {
    return this.link.up;
  }

  get silent(): boolean {
    return this.#silent;
  }

  get replaced(): boolean {
    return this.#watch !== undefined;
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

  /** Gives up the link there is; ends in {@link broken}. False when there is none. */
  protected abstract disconnect(why: string): boolean;

  abstract setGlobalVariable(name: string, value: string): Promise<void>;

  /** The application is ours: that is said in Asterisk, and then the link is up. */
  protected async isUp(): Promise<void> {
    const heartbeat = this.#heartbeat;
    try {
      await this.#say("1");
    } catch (error) {
      // Without it a successor waits a little longer; where the link broke, the next one says it.
      if (!(error instanceof AriLinkDownError))
        this.options.onTrouble("the application could not be marked", error);
    }
    // Broken, or taken over, meanwhile.
    if (heartbeat === undefined || this.#heartbeat !== heartbeat || this.replaced) return;
    this.link.isUp();
  }

  /** For one that waits for the application. Resolves when it was told, or cannot be. */
  protected async leave(): Promise<void> {
    if (!this.link.up) return;
    const told = new AbortController();
    const late = delay(LEAVE_MS, undefined, { signal: told.signal }).catch(() => undefined);
    await Promise.race([this.#say("0").catch(() => undefined), late]);
    told.abort();
  }

  #say(held: "0" | "1"): Promise<void> {
    return this.setGlobalVariable(holdingVariable(this.options.application), held);
  }

  /** Whether a request may be made; what other connections do to our calls is not ours to see while replaced. */
  protected mayAsk(method: string, operation: string): boolean {
    return (
      this.link.up ||
      operation === SAYING ||
      (this.replaced && method === "DELETE" && operation === "channels")
    );
  }

  protected receive(event: AriEvent): void {
    if (event.type === "ApplicationReplaced") this.#onReplaced();
    else this.link.dispatch(event);
  }

  /**
   * The link stays, for our calls can be hung up by it; to Asterisk it listens to nothing any more, so that closing
   * it takes nothing from whoever has the application now.
   */
  #onReplaced(): void {
    if (this.#watch !== undefined || this.link.closed) return;
    const { options } = this;
    this.#watch = new ApplicationWatch({
      ...options,
      onFree: () => {
        this.#onFree();
      },
    });
    this.link.isDown("another connection took over the Stasis application");
  }

  #onFree(): void {
    this.#watch = undefined;
    // It listens to nothing: a new one has to be made.
    if (!this.disconnect("the Stasis application is free again")) this.connect();
  }

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
    // While replaced nothing is taken back by force: the watch tells when to connect.
    if (this.link.closed || this.replaced) return;
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
    this.#watch?.stop();
    this.link.isClosed();
  }
}
