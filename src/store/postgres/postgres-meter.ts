import { countStatistics } from "../count-statistics.js";
import { countUsage, type UsageCounts } from "../count-usage.js";
import type { MeterReading, StatisticsQuestion, UsageMeter } from "../database.js";
import { KeptAnswers } from "../kept-answers.js";
import type { StatisticsStep } from "../statistics-tally.js";
import { bytesOf } from "./postgres-copies.js";
import { readerOver } from "./postgres-handle.js";
import { PostgresLinks } from "./postgres-links.js";
import type { PostgresTarget } from "./postgres-target.js";

/** For one query: a month of a million calls takes a few seconds. */
const DEADLINES = { statementMs: 60_000, lockMs: 5_000 };

/**
 * Reads the meter by connections of its own, so that no call waits for one. The server does the work, and what it finds
 * arrives piece by piece between others' work. The same question asked twice at a time is answered once.
 */
export class PostgresMeter implements UsageMeter {
  readonly #links: PostgresLinks;
  readonly #reader: ReturnType<typeof readerOver>;
  readonly #underWay = new Map<string, Promise<UsageCounts>>();
  readonly #kept = new KeptAnswers<readonly StatisticsStep[]>();

  constructor(target: PostgresTarget) {
    this.#links = new PostgresLinks(target, { max: 2, deadlines: DEADLINES, readsOnly: true });
    this.#reader = readerOver(this.#links);
  }

  /** @throws {StoreUnavailableError} when it cannot be read, or not in time. */
  read({ clientId, from, to, includedCalls }: MeterReading): Promise<UsageCounts> {
    const key = JSON.stringify([clientId, from, to, includedCalls]);
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    const answer = countUsage(this.#reader, clientId, { from, to }, includedCalls).finally(() =>
      this.#underWay.delete(key),
    );
    this.#underWay.set(key, answer);
    return answer;
  }

  /** @throws {StoreUnavailableError} when it cannot be read, or not in time, or too many ask. */
  statistics({ clientId, from, to, step, now }: StatisticsQuestion): Promise<readonly StatisticsStep[]> {
    return this.#kept.get(JSON.stringify([clientId, from, to, step]), () =>
      countStatistics(this.#reader, { from, to, step }, clientId, now),
    );
  }

  bytes(): Promise<number> {
    return this.#links.use(bytesOf);
  }

  close(): Promise<void> {
    return this.#links.end();
  }
}
