import { setTimeout as delay } from "node:timers/promises";
import { askAsterisk } from "./control-socket.js";
import type { LogLevel } from "./output-log.js";

/** Between two looks. */
const LOOK_EVERY_MS = 5_000;
/** Between two lines about the same refusal. */
const REMIND_EVERY_MS = 60_000;

export interface TrunkRegistrationOptions {
  /** Its name. */
  readonly trunk: string;
  /** Of Asterisk's control socket. */
  readonly socketPath: string;
  readonly log: (level: LogLevel, line: string) => void;
  readonly lookEveryMs?: number;
  readonly remindEveryMs?: number;
}

/**
 * Watches whether the trunk has taken our registration: without it no call comes in. Asterisk tells its own log of
 * each refusal, at most every 30 to 300 s, and of success nothing; ARI knows neither.
 */
export class TrunkRegistration {
  readonly #options: TrunkRegistrationOptions;
  readonly #stopping = new AbortController();
  #refused = false;
  #taken = false;
  /** What the trunk last answered: `403`, or `no answer`. */
  #answer = "unknown";
  #remindAt = 0;
  #watch: Promise<void> = Promise.resolve();

  constructor(options: TrunkRegistrationOptions) {
    this.#options = options;
  }

  get trunk(): string {
    return this.#options.trunk;
  }

  /** Whether the trunk has refused it, or left it without an answer, and has not taken it since. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Whether it has taken it. Neither this nor refused: nobody knows yet. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Of Asterisk's output: the answer to a REGISTER stands nowhere else. */
  noteLine(line: string): void {
    if (!line.includes("registration attempt to ")) return;
    // The first of them: the pause until the next try stands in quotes too.
    const [, quoted, forbidden] = /'(\d{3})'|\b(\d{3}) Forbidden/.exec(line) ?? [];
    const status = quoted ?? forbidden;
    if (line.includes("No response received")) this.#answer = "no answer";
    else if (status !== undefined) this.#answer = status;
  }

  start(): void {
    this.#watch = this.#keepLooking();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watch;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        this.#judge(await askAsterisk(this.#options.socketPath, "pjsip show registrations"));
      } catch {
        // It is being started again, which others watch; the next look will tell.
      }
      const pause = this.#options.lookEveryMs ?? LOOK_EVERY_MS;
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #judge(table: string): void {
    const line = table
      .split("\n")
      .find((row) => row.trimStart().startsWith(`${this.#options.trunk}-registration/`));
    const state = /\s(Registered|Unregistered|Rejected|Stopped)\b/.exec(line ?? "")?.[1];
    const now = performance.now();
    this.#taken = state === "Registered";
    if (state === "Registered") {
      if (this.#refused) this.#options.log("info", "the trunk has taken our registration");
      this.#refused = false;
    } else if (state === "Rejected" || state === "Stopped") {
      if (!this.#refused) this.#remindAt = now;
      this.#refused = true;
      if (now < this.#remindAt) return;
      this.#remindAt = now + (this.#options.remindEveryMs ?? REMIND_EVERY_MS);
      const refusal = `the trunk refuses our registration (${this.#answer}): no call comes in until it takes it`;
      this.#options.log("warn", refusal);
    }
  }
}
