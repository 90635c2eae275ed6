import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "@prometheus-io/client";

/** Each label has a value from a list that is known beforehand: never a client, a number or an id. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

export interface Reading<Name extends string> {
  readonly labels: Labels<Name>;
  readonly value: number;
}

export interface Tally<Name extends string> {
  add(labels: Labels<Name>, more?: number): void;
}

export interface Spread<Name extends string> {
  /** @param value in the unit of the series' name: seconds. */
  observe(labels: Labels<Name>, value: number): void;
}

/** Of the process and not of a service: tests have several services in one. */
let processMetrics: Registry | undefined;

function ofProcess(): Registry {
  if (processMetrics === undefined) {
    processMetrics = new Registry();
    // A hundred wakings a second for the delay of the event loop would be most of what metrics cost.
    collectDefaultMetrics({ register: processMetrics, eventLoopMonitoringPrecision: 50 });
  }
  return processMetrics;
}

/**
 * The series of one service, in Prometheus' own text format; the one place that knows the library. Names by
 * Prometheus' rules: base units, `_total` of what only grows.
 */
export class MetricsRegistry {
  readonly #registry = new Registry();
  /** What is asked before a text is written; each bounds its own wait. */
  readonly #before: (() => Promise<void>)[] = [];
  #writing: Promise<string> | undefined;

  constructor() {
    ofProcess();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** @param known shown from the start, at 0: an increase that nobody sees the beginning of raises no alarm. */
  counter<Name extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Name[] = [],
    known: readonly Labels<Name>[] = [],
  ): Tally<Name> {
    const counter = new Counter<string>({ name, help, labelNames, registers: [this.#registry] });
    for (const labels of known) counter.inc(labels, 0);
    return {
      add: (labels, more = 1) => {
        counter.inc(labels, more);
      },
    };
  }

  /** @param buckets upper ends, seconds. */
  histogram<Name extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly Name[] = [],
  ): Spread<Name> {
    const histogram = new Histogram<string>({
      ...{ name, help, labelNames, registers: [this.#registry] },
      buckets: [...buckets],
    });
    return {
      observe: (labels, value) => {
        // The clock of the machine may have been put back.
        histogram.observe(labels, Math.max(0, value));
      },
    };
  }

  /** What is read when somebody asks. @param read null: not known, and not shown. */
  gauge(name: string, help: string, read: () => number | null): void {
    this.gauges(name, help, [], () => {
      const value = read();
      return value === null ? [] : [{ labels: {}, value }];
    });
  }

  /** The same with labels; what is not among the readings any more is not shown. */
  gauges<Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    read: () => readonly Reading<Name>[],
  ): void {
    new Gauge<string>({
      ...{ name, help, labelNames, registers: [this.#registry] },
      collect() {
        this.reset();
        const readings = read();
        if (labelNames.length === 0 && readings.length === 0) this.remove();
        for (const { labels, value } of readings) this.set(labels, value);
      },
    });
  }

  /** What others count, read when somebody asks. */
  total(name: string, help: string, read: () => number): void {
    new Counter({
      ...{ name, help, registers: [this.#registry] },
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** @param look settles in bounded time. */
  beforeText(look: () => Promise<void>): void {
    this.#before.push(look);
  }

  /** Whoever asks while it is being written is given the same. */
  text(): Promise<string> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<string> {
    // One that fails leaves its series as they were.
    await Promise.allSettled(this.#before.map((look) => look()));
    return `${await this.#registry.metrics()}\n${await ofProcess().metrics()}`;
  }
}
