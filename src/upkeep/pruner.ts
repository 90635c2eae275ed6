import { tellFailedLogIns } from "../acts/failed-log-ins.js";
import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import { IDEMPOTENCY_KEY_LIFE_MS, pruneIdempotencyKeys } from "../store/idempotency-keys.js";
import { pruneLinks } from "../store/admin-links.js";
import { pruneSessions } from "../store/admin-sessions.js";
import { pruneNodes } from "../store/nodes.js";
import { pruneCounters } from "../store/counters.js";
import { prunePromptSounds } from "../store/prompt-sounds.js";
import { pruneEvents } from "../store/prune-events.js";
import type { Store } from "../store/store.js";
import { inBatches, keepRetention, type RetentionTimes } from "./retention.js";

const EVERY_MS = 600_000;
/** Rows a transaction: what registers or rules meanwhile waits for a few milliseconds at most. */
const BATCH = 200;
/** The same of rows with up to a megabyte each. */
const MOST_SOUNDS = 4;

/** A machine that was down over a long weekend is still known by its name, and drained as it was. */
const NODE_KEPT_MS = 7 * 86_400_000;

export interface PrunerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** How old an event gets, milliseconds. */
  readonly eventRetentionMs: number;
  /** How old everything else gets; absent: all of it is kept. */
  readonly retention?: RetentionTimes;
  readonly everyMs?: number;
  readonly batch?: number;
}

/**
 * Forgets what nobody needs any more: old events, expired Idempotency-Keys, sums of times that are over, sessions of
 * the console, sounds that no prompt has, nodes that left long ago, and what is past its retention; a few rows at a time.
 */
export class Pruner {
  readonly #parts: PrunerParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  /** Prunes now, and again every ten minutes. */
  start(): void {
    this.#running = this.#pruneAndArm();
  }

  /** Ends after the batch under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Deletes all that is past its time; ends early when it is stopped. */
  async prune(): Promise<void> {
    const events = await this.#pruneEvents();
    const keys = await this.#pruneKeys();
    const { store, clock, log, retention = {}, batch = BATCH } = this.#parts;
    const kept = await keepRetention({ store, clock, times: retention, batch, stopped: () => this.#stopped });
    await store.write((db) => pruneCounters(db, clock()));
    await store.write(async (db) => {
      await pruneSessions(db, clock());
      await pruneLinks(db, clock());
      await tellFailedLogIns(db, store.vault, clock());
    });
    const prompt_sounds = await this.#pruneSounds();
    const nodes = await store.write((db) => pruneNodes(db, clock() - NODE_KEPT_MS));
    const { pseudonymized, verifications, enrollments, numberGuards, auditLines } = kept;
    const all = { events, idempotency_keys: keys, pseudonymized, verifications, enrollments };
    const rest = { number_guards: numberGuards, audit_lines: auditLines, prompt_sounds, nodes };
    const pruned = { ...all, ...rest };
    if (Object.values(pruned).some((rows) => rows > 0)) log.info("pruned", pruned);
  }

  async #pruneAndArm(): Promise<void> {
    const { log, everyMs = EVERY_MS } = this.#parts;
    try {
      await this.prune();
    } catch (error) {
      log.error("pruning failed", { error: errorText(error) });
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#pruneAndArm();
    }, everyMs);
  }

  async #pruneEvents(): Promise<number> {
    const { store, clock, eventRetentionMs, batch = BATCH } = this.#parts;
    const before = clock() - eventRetentionMs;
    let all = 0;
    for (let after: number | null = 0; after !== null && !this.#stopped;) {
      const from: number = after;
      const { pruned, upTo } = await store.write((db) => pruneEvents(db, from, before, batch));
      all += pruned;
      after = upTo;
    }
    return all;
  }

  #pruneSounds(): Promise<number> {
    const parts = { store: this.#parts.store, batch: MOST_SOUNDS, stopped: () => this.#stopped };
    return inBatches(parts, prunePromptSounds);
  }

  async #pruneKeys(): Promise<number> {
    const before = this.#parts.clock() - IDEMPOTENCY_KEY_LIFE_MS;
    const { store, batch = BATCH } = this.#parts;
    const parts = { store, batch, stopped: () => this.#stopped };
    return inBatches(parts, (db, rows) => pruneIdempotencyKeys(db, before, rows));
  }
}
