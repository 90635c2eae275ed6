import { Worker } from "node:worker_threads";
import { workerProgram } from "../../worker-program.js";
import type { UsageCounts } from "../count-usage.js";
import type { MeterReading, StatisticsQuestion } from "../database.js";
import type { StatisticsStep } from "../statistics-tally.js";
import { StoreUnavailableError } from "../store-unavailable.js";

/** What each kind of question is answered by. */
export interface MeterCounts {
  readonly usage: UsageCounts;
  readonly statistics: readonly StatisticsStep[];
}

export type MeterQuestion =
  ({ readonly kind: "usage" } & MeterReading) | ({ readonly kind: "statistics" } & StatisticsQuestion);

export type MeterAnswer =
  { readonly id: number; readonly counts: unknown } | { readonly id: number; readonly why: string };

interface Asked {
  readonly resolve: (counts: never) => void;
  readonly reject: (error: Error) => void;
  readonly late: NodeJS.Timeout;
}

/** How long the thread is kept for the next question, milliseconds. */
const IDLE_MS = 60_000;

const METER = workerProgram(import.meta.url, "meter-worker");

/**
 * A thread that counts, with a connection of its own, so that nobody waits for it who does not ask. It begins with the
 * first question and ends when none has come for a while, or with one that takes too long: there is no other way to
 * have it let go of that.
 */
export class MeterThread {
  readonly #file: string;
  readonly #answerMs: number;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;
  #closed = false;

  /**
   * @param file the SQLite database.
   * @param answerMs after which an answer is not waited for any longer, and the thread is ended.
   */
  constructor(file: string, answerMs: number) {
    this.#file = file;
    this.#answerMs = answerMs;
  }

  /** @throws {StoreUnavailableError} when it cannot be read, or not in time. */
  ask<Kind extends MeterQuestion["kind"]>(
    question: Extract<MeterQuestion, { readonly kind: Kind }>,
  ): Promise<MeterCounts[Kind]> {
    if (this.#closed) return Promise.reject(new StoreUnavailableError("the store is closed"));
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => void this.#end("the meter was not read in time"), this.#answerMs);
      this.#asked.set(id, { resolve, reject, late });
      worker.postMessage({ id, question });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end("the store is closed");
  }

  #start(): Worker {
    const worker = new Worker(METER.program, {
      eval: METER.eval,
      name: "meter",
      workerData: this.#file,
      // None of our settings is its business.
      env: {},
    });
    worker.on("message", (answer: MeterAnswer) => {
      this.#onAnswer(answer);
    });
    // It ends after an error; whoever waits is told then.
    worker.on("error", () => undefined);
    worker.once("exit", () => {
      if (this.#worker === worker) void this.#end("the meter's thread ended");
    });
    return worker;
  }

  #onAnswer(answer: MeterAnswer): void {
    const asked = this.#asked.get(answer.id);
    if (asked === undefined) return;
    this.#asked.delete(answer.id);
    clearTimeout(asked.late);
    if ("counts" in answer) asked.resolve(answer.counts as never);
    else asked.reject(new StoreUnavailableError(`the meter cannot be read: ${answer.why}`));
    if (this.#asked.size > 0) return;
    this.#idle = setTimeout(() => void this.#end("nobody asks"), IDLE_MS).unref();
  }

  async #end(why: string): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { reject, late } of this.#asked.values()) {
      clearTimeout(late);
      reject(new StoreUnavailableError(why));
    }
    this.#asked.clear();
    await worker?.terminate();
  }
}
