import { setTimeout as delay } from "node:timers/promises";
import { type AsteriskFigures, FIGURE_COMMANDS, readFigures } from "./asterisk-figures.js";
import type { MetricsRegistry } from "./metrics-registry.js";

/** A command takes Asterisk less than a millisecond; a reading is not made anew for each who asks. */
const KEPT_MS = 4_000;
/** Longer nobody waits for Asterisk: it has other things to do then, and the last reading is too old to be shown. */
const PATIENCE_MS = 1_000;

interface Registration {
  /** Name of its trunk. */
  readonly trunk: string;
  readonly taken: boolean;
  readonly refused: boolean;
}

/** What is asked of the bundled Asterisk; one of the user's own has metrics of its own. */
export interface AsteriskSource {
  /** Answers a command as `asterisk -rx` does. */
  readonly ask: (command: string) => Promise<string>;
  readonly registrations: () => readonly Registration[];
}

/** The bundled Asterisk, asked by its command line when somebody asks us. */
export class AsteriskMetrics {
  readonly #source: AsteriskSource;
  #figures: AsteriskFigures | null = null;
  #readAt = -Infinity;
  #reading: Promise<void> | undefined;
  #restarts = 0;

  constructor(registry: MetricsRegistry, source: AsteriskSource, trunks: readonly string[]) {
    this.#source = source;
    registry.beforeText(() => this.#look());
    registry.gauge("honnin_asterisk_up", "Whether the bundled Asterisk answers a command", () =>
      Number(this.#of() !== null),
    );
    registry.total(
      "honnin_asterisk_ends_total",
      "Ends of the bundled Asterisk that nobody asked for",
      () => this.#restarts,
    );
    registry.gauge(
      "honnin_asterisk_channels",
      "Channels that Asterisk has",
      () => this.#of()?.channels ?? null,
    );
    registry.gauge(
      "honnin_asterisk_uptime_seconds",
      "Since when Asterisk runs",
      () => this.#of()?.uptimeSeconds ?? null,
    );
    this.#addQueues(registry);
    this.#addTrunks(registry, trunks);
  }

  /** It ended, and nobody had asked for it. */
  readonly ended = (): void => {
    this.#restarts += 1;
  };

  #addQueues(registry: MetricsRegistry): void {
    const queues = (): AsteriskFigures["taskprocessors"] => this.#of()?.taskprocessors ?? null;
    registry.gauge(
      "honnin_asterisk_taskprocessors",
      "Asterisk's internal queues",
      () => queues()?.queues ?? null,
    );
    registry.gauge(
      "honnin_asterisk_tasks_waiting",
      "Tasks in all of Asterisk's internal queues",
      () => queues()?.waiting ?? null,
    );
    registry.gauge(
      "honnin_asterisk_taskprocessors_overloaded",
      "Internal queues above the mark at which Asterisk slows its SIP",
      () => queues()?.overloaded ?? null,
    );
    registry.gauge(
      "honnin_asterisk_tasks_processed",
      "Tasks that the internal queues there are now have done; queues come and go with calls",
      () => queues()?.processed ?? null,
    );
  }

  #addTrunks(registry: MetricsRegistry, trunks: readonly string[]): void {
    const known = (trunk: string): boolean => trunks.includes(trunk);
    const registrations = (): readonly Registration[] =>
      this.#source.registrations().filter(({ trunk }) => known(trunk));
    registry.gauges(
      "honnin_trunk_registered",
      "Whether the trunk has taken our registration",
      ["trunk"],
      () => registrations().map(({ trunk, taken }) => ({ labels: { trunk }, value: Number(taken) })),
    );
    registry.gauges(
      "honnin_trunk_registration_refused",
      "Whether the trunk refuses our registration, or leaves it without an answer",
      ["trunk"],
      () => registrations().map(({ trunk, refused }) => ({ labels: { trunk }, value: Number(refused) })),
    );
    const contacts = (): AsteriskFigures["contacts"] =>
      (this.#of()?.contacts ?? []).filter(({ trunk }) => known(trunk));
    registry.gauges(
      "honnin_trunk_reachable",
      "Whether the trunk answers OPTIONS; only of trunks that are asked",
      ["trunk"],
      () => contacts().map(({ trunk, reachable }) => ({ labels: { trunk }, value: Number(reachable) })),
    );
    registry.gauges("honnin_trunk_round_trip_seconds", "How long it takes for that", ["trunk"], () =>
      contacts().flatMap(({ trunk, roundTripSeconds: value }) =>
        value === null ? [] : [{ labels: { trunk }, value }],
      ),
    );
  }

  #of(): AsteriskFigures | null {
    return performance.now() - this.#readAt <= KEPT_MS + PATIENCE_MS ? this.#figures : null;
  }

  /** Resolves, never rejects, when there is a fresh reading, or there is none to be had in time. */
  async #look(): Promise<void> {
    if (performance.now() - this.#readAt < KEPT_MS) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    const read = new AbortController();
    await Promise.race([
      this.#reading.finally(() => {
        read.abort();
      }),
      delay(PATIENCE_MS, undefined, { signal: read.signal, ref: false }).catch(() => undefined),
    ]);
  }

  async #read(): Promise<void> {
    try {
      const answers: string[] = [];
      for (const command of FIGURE_COMMANDS) answers.push(await this.#source.ask(command));
      this.#figures = readFigures(answers);
      this.#readAt = performance.now();
    } catch {
      // It is down, or being started again: what is not known is not shown.
    }
  }
}
