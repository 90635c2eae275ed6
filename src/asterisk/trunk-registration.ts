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
  /** What it last answered: `403`, or `no answer`; undefined while nobody knows. */
  readonly answer: () => string | undefined;
  /** Of Asterisk's control socket. */
  readonly socketPath: string;
  readonly log: (level: LogLevel, line: string) => void;
  readonly lookEveryMs?: number;
  readonly remindEveryMs?: number;
}

/**
 * What Asterisk says of our registration at a trunk: `Registered`, `Unregistered`, `Rejected` or `Stopped`; undefined
 * where it says nothing of it.
 *
 * @param table as `pjsip show registrations` prints it.
 */
export function registrationState(table: string, trunk: string): string | undefined {
  const line = table.split("\n").find((row) => row.trimStart().startsWith(`${trunk}-registration/`));
  return /\s(Registered|Unregistered|Rejected|Stopped)\b/.exec(line ?? "")?.[1];
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
  #remindAt = 0;
  #watch: Promise<void> = Promise.resolve();

  constructor(options: TrunkRegistrationOptions) {
    this.#options = options;
  }

  get name(): string {
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
    const state = registrationState(table, this.name);
    const now = performance.now();
    this.#taken = state === "Registered";
    if (state === "Registered") {
      if (this.#refused) this.#options.log("info", `trunk ${this.name} has taken our registration`);
      this.#refused = false;
    } else if (state === "Rejected" || state === "Stopped") {
      if (!this.#refused) this.#remindAt = now;
      this.#refused = true;
      if (now < this.#remindAt) return;
      this.#remindAt = now + (this.#options.remindEveryMs ?? REMIND_EVERY_MS);
      const answer = this.#options.answer() ?? "unknown";
      const refusal = `trunk ${this.name} refuses our registration (${answer}): no call comes in by it until it takes it`;
      this.#options.log("warn", refusal);
    }
  }
}
