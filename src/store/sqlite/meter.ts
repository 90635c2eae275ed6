import type { UsageCounts } from "../count-usage.js";
import type { MeterReading, StatisticsQuestion, UsageMeter } from "../database.js";
import type { StatisticsStep } from "../statistics-tally.js";
import { KeptAnswers } from "../kept-answers.js";
import { MeterThread } from "./meter-thread.js";
import { bytesOf } from "./sqlite-copies.js";

/** For one reading, milliseconds: a month of a million calls takes a few seconds. */
const USAGE_MS = 60_000;
/** For statistics: three months of a million verifications take some seconds. */
const STATISTICS_MS = 60_000;

/**
 * Reads the meter in threads of its own, with connections of their own. Counting a month sorts all its calls by the
 * time of their answer, because the tariff includes the first ones: 300,000 take most of a second, and on the event
 * loop every call would wait for it. Statistics have a thread apart, so that no bill waits for a plot. The same
 * question asked twice at a time is answered once.
 */
export class Meter implements UsageMeter {
  readonly #file: string;
  readonly #usage: MeterThread;
  readonly #statistics: MeterThread;
  readonly #underWay = new Map<string, Promise<UsageCounts>>();
  readonly #kept = new KeptAnswers<readonly StatisticsStep[]>();

  /** @param file the SQLite database. */
  constructor(file: string) {
    this.#file = file;
    this.#usage = new MeterThread(file, USAGE_MS);
    this.#statistics = new MeterThread(file, STATISTICS_MS);
  }

  /** @throws {StoreUnavailableError} when it cannot be read, or not in time. */
  read(reading: MeterReading): Promise<UsageCounts> {
    const key = JSON.stringify([reading.clientId, reading.from, reading.to, reading.includedCalls]);
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    const answer = this.#usage
      .ask<"usage">({ kind: "usage", ...reading })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }

  /** @throws {StoreUnavailableError} when it cannot be read, or not in time, or too many ask. */
  statistics(question: StatisticsQuestion): Promise<readonly StatisticsStep[]> {
    const { clientId, from, to, step } = question;
    return this.#kept.get(JSON.stringify([clientId, from, to, step]), () =>
      this.#statistics.ask<"statistics">({ kind: "statistics", ...question }),
    );
  }

  bytes(): Promise<number> {
    return Promise.resolve(bytesOf(this.#file));
  }

  async close(): Promise<void> {
    await Promise.all([this.#usage.close(), this.#statistics.close()]);
  }
}
