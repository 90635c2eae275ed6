import { AriRequestError } from "./errors.js";
import { type AriLogin, requestByHttp } from "./http-request.js";

/**
 * The global variable of Asterisk in which whoever has the application says so (`1`), and that it has left (`0`). That
 * tells at once what Asterisk itself tells only when the last channel has left the application too.
 */
export function holdingVariable(application: string): string {
  return `STASIS_HELD_${application}`;
}

interface WatchParts extends AriLogin {
  readonly application: string;
  readonly requestMs: number;
  readonly lookAgainMs: number;
  /** Called once, unless it is stopped before. */
  readonly onFree: () => void;
}

/**
 * Looks, again and again, whether a Stasis application that another connection took over is free: left in good order,
 * or forgotten by Asterisk (404), as it is when neither a connection nor a channel is in it. By requests of its own,
 * for the link may be down.
 */
export class ApplicationWatch {
  readonly #parts: WatchParts;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#arm();
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** Up to half as long again: two that wait for the same application should not come in the same moment. */
  #arm(): void {
    const { lookAgainMs } = this.#parts;
    this.#timer = setTimeout(() => void this.#look(), lookAgainMs * (1 + Math.random() / 2));
  }

  async #look(): Promise<void> {
    // No answer tells nothing: the application may be another's still.
    const free = await this.#isFree().catch(() => false);
    if (this.#stopped.signal.aborted) return;
    if (free) this.#parts.onFree();
    else this.#arm();
  }

  async #isFree(): Promise<boolean> {
    const { application } = this.#parts;
    try {
      await this.#get(`applications/${application}`, "applications");
    } catch (error) {
      return error instanceof AriRequestError && error.status === 404;
    }
    const path = `asterisk/variable?variable=${holdingVariable(application)}`;
    const { value } = (await this.#get(path, "asterisk/variable")) as { value?: string };
    return value === "0";
  }

  #get(path: string, operation: string): Promise<unknown> {
    const { requestMs } = this.#parts;
    return requestByHttp(this.#parts, { method: "GET", path, operation }, requestMs, this.#stopped.signal);
  }
}
