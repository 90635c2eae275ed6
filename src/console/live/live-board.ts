import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../clock.js";
import { errorText, type Logger } from "../../log.js";
import type { Store } from "../../store/store.js";
import { WAIT_REASONS, type WaitReason } from "../../verification/wait-reason.js";
import type { LiveCall, LiveHealth, LiveLines, LiveMessage } from "../contract/live.js";
import type { HealthLook } from "./live-health-look.js";
import type { LiveCalls } from "./live-calls.js";
import type { LiveSources } from "./live-sources.js";

/** Between two looks at most so often: five times a second is as much as people see. */
const AT_MOST_EVERY_MS = 200;
/** And at least so often, for what nobody tells of. */
const AT_LEAST_EVERY_MS = 1_000;

type Change = Extract<LiveMessage, { type: "change" }>;

/** Everything that is shown at one moment. */
export interface Picture {
  /** When, epoch milliseconds. */
  readonly at: number;
  readonly calls: ReadonlyMap<string, LiveCall>;
  readonly lines: LiveLines;
  readonly health: LiveHealth;
}

export interface Watcher {
  /** @param change as it differs from the picture before; null: it does not. */
  show(picture: Picture, change: Change | null): void;
}

interface LiveBoardParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks at what there is, while somebody watches, and tells all of them what has changed: one look for all. */
export class LiveBoard {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #sources: LiveSources;
  readonly #calls: LiveCalls;
  readonly #health: HealthLook;
  readonly #watchers = new Set<Watcher>();
  #picture: Picture | null = null;
  /** Another each time that nobody watches any more. */
  #epoch = 0;
  #looking = false;
  /** Of what there is to look at. */
  #told = 0;
  #lookedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #off: (() => void) | undefined;

  constructor(
    { store, clock, log }: LiveBoardParts,
    sources: LiveSources,
    calls: LiveCalls,
    health: HealthLook,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#sources = sources;
    this.#calls = calls;
    this.#health = health;
  }

  /** @returns how to watch no more. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#begin();
    // What is known is of this second; the first who watches gets it with the first look.
    else if (this.#picture !== null) watcher.show(this.#picture, null);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#end();
    };
  }

  #begin(): void {
    const { hints } = this.#store;
    hints.on("event", this.#soon).on("call_due", this.#soon).on("ended", this.#soon);
    const off = this.#sources.onCall(this.#soon);
    this.#off = () => {
      hints.off("event", this.#soon).off("call_due", this.#soon).off("ended", this.#soon);
      off();
    };
    void this.#look();
  }

  #end(): void {
    this.#off?.();
    this.#off = undefined;
    clearTimeout(this.#timer);
    this.#picture = null;
    this.#epoch += 1;
  }

  readonly #soon = (): void => {
    this.#told += 1;
    if (this.#looking) return;
    this.#lookIn(this.#lookedAt + AT_MOST_EVERY_MS - performance.now());
  };

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), Math.max(0, ms));
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const told = this.#told;
    this.#lookedAt = performance.now();
    const before = this.#picture;
    const epoch = this.#epoch;
    const picture = await this.#pictureNow(before);
    this.#looking = false;
    // Everybody has gone meanwhile, and perhaps somebody else has come: their first picture is whole.
    if (this.#off === undefined) return;
    const change = before === null || epoch !== this.#epoch ? null : changeOf(before, picture);
    this.#picture = picture;
    for (const watcher of this.#watchers) watcher.show(picture, change);
    this.#lookIn(told === this.#told ? AT_LEAST_EVERY_MS : AT_MOST_EVERY_MS);
  }

  /** What cannot be read is shown as it was: that the database gives nothing is told by its health. */
  async #pictureNow(before: Picture | null): Promise<Picture> {
    const health = this.#health.look(this.#soon);
    const { inUse, max } = this.#sources.lines();
    const waits = this.#sources.waits();
    const lines = { in_use: inUse, max, waiting: counted(waits) };
    try {
      const unknown = health.service === "running" ? "turn" : "service";
      return { at: this.#clock(), calls: await this.#calls.look(waits, unknown), lines, health };
    } catch (error) {
      this.#log.warn("the calls of the moment could not be read", { error: errorText(error) });
      const calls = before?.calls ?? new Map<string, LiveCall>();
      return { at: this.#clock(), calls, lines, health: { ...health, database: "failing" } };
    }
  }
}

function counted(waits: ReadonlyMap<number, WaitReason>): LiveLines["waiting"] {
  const counts = Object.fromEntries(WAIT_REASONS.map((why) => [why, 0])) as Record<WaitReason, number>;
  for (const why of waits.values()) counts[why] += 1;
  return counts;
}

function changeOf(before: Picture, now: Picture): Change {
  return {
    type: "change",
    calls: [...now.calls.values()].filter((call) => !isDeepStrictEqual(call, before.calls.get(call.key))),
    gone: [...before.calls.keys()].filter((key) => !now.calls.has(key)),
    ...(isDeepStrictEqual(before.lines, now.lines) ? {} : { lines: now.lines }),
    ...(isDeepStrictEqual(before.health, now.health) ? {} : { health: now.health }),
  };
}
