import { Worker } from "node:worker_threads";
import { workerProgram } from "../../worker-program.js";
import type { UsageCounts } from "../count-usage.js";
import type { MeterReading, UsageMeter } from "../database.js";
import { StoreUnavailableError } from "../store-unavailable.js";

export interface MeterQuestion {
  readonly id: number;
  readonly reading: MeterReading;
}

export type MeterAnswer =
  { readonly id: number; readonly counts: UsageCounts } | { readonly id: number; readonly why: string };

interface Asked {
  readonly resolve: (counts: UsageCounts) => void;
  readonly reject: (error: Error) => void;
  readonly late: NodeJS.Timeout;
}

/** For one reading, milliseconds: a month of a million calls takes a few seconds. */
const ANSWER_MS = 60_000;
/** How long the thread is kept for the next question, milliseconds. */
const IDLE_MS = 60_000;

const METER = workerProgram(import.meta.url, "meter-worker");

/**
 * Reads the meter in a thread of its own, with a connection of its own. Counting a month sorts all its calls by the
 * time of their answer, because the tariff includes the first ones: 300,000 take most of a second, and on the event
 * loop every call would wait for it. The thread begins with the first question and ends when none has come for a
 * while; the same question asked twice at a time is answered once.
 */
export class Meter implements UsageMeter {
  readonly #file: string;
  readonly #asked = new Map<number, Asked>();
  readonly #underWay = new Map<string, Promise<UsageCounts>>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;
  #closed = false;

  /** @param file the SQLite database. */
  constructor(file: string) {
    this.#file = file;
  }

  /** @throws {StoreUnavailableError} when it cannot be read, or not in time. */
  read(reading: MeterReading): Promise<UsageCounts> {
    if (this.#closed) return Promise.reject(new StoreUnavailableError("the store is closed"));
    const key = JSON.stringify([reading.clientId, reading.from, reading.to, reading.includedCalls]);
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    const answer = this.#ask(reading).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end("the store is closed");
  }

  #ask(reading: MeterReading): Promise<UsageCounts> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => void this.#end("the meter was not read in time"), ANSWER_MS);
      this.#asked.set(id, { resolve, reject, late });
      worker.postMessage({ id, reading } satisfies MeterQuestion);
    });
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
    if ("counts" in answer) asked.resolve(answer.counts);
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
