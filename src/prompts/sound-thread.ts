import { Worker } from "node:worker_threads";
import type { SpokenKind, TelephoneSound } from "../sound/telephone-sound.js";
import { workerProgram } from "../worker-program.js";
import type { CheckedPlace, CheckedSound } from "./check-prompts.js";
import type { Decoder } from "./decode.js";
import type { PromptLibrary } from "./library.js";
import { PromptRefusal, type PromptRefusalCode } from "./prompt-refusal.js";
import type { Catalogue, SpokenPrompt } from "./prompts-yaml.js";
import type { SoundMaker } from "./sound-maker.js";

export type SoundJob =
  | {
      readonly do: "record";
      readonly decoder: Decoder;
      readonly bytes: Uint8Array;
      readonly kind: SpokenKind;
      readonly dir: string;
    }
  | { readonly do: "speak"; readonly prompt: SpokenPrompt; readonly catalogue: Catalogue }
  | { readonly do: "check"; readonly place: CheckedPlace };

export type SoundAnswer =
  | { readonly sound: TelephoneSound }
  | { readonly checked: readonly CheckedSound[] }
  | { readonly refused: { readonly code: PromptRefusalCode; readonly reason: string } }
  | { readonly why: string };

/** Too many sounds are waiting to be made. */
export class SoundsWaitingError extends Error {
  readonly code = "sounds_waiting";

  constructor() {
    super("other sounds are being made; try again in a moment");
    this.name = "SoundsWaitingError";
  }
}

const PROGRAM = workerProgram(import.meta.url, "sound-worker");
/** Longer than any program in it may run by its own limits, which end it and tell why. */
const DEADLINE_MS = 120_000;
/** At one time, with the one that is made: each may hold a recording of 20 MB. */
const MOST_WAITING = 4;

/**
 * Makes and looks at sounds beside the service: shaping a minute takes seconds of processor, and on the event loop
 * every call would wait for them. One at a time, in a thread that ends with it, so that the memory is given back.
 */
export class SoundThread implements SoundMaker {
  readonly #decoder: () => Promise<Decoder>;
  readonly #dir: string;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #running: Worker | undefined;
  #closed = false;

  /** @param decoder asked for at each recording: it may have to be fetched first. */
  constructor(decoder: () => Promise<Decoder>, dir: string) {
    this.#decoder = decoder;
    this.#dir = dir;
  }

  /** @throws {SoundsWaitingError} */
  recorded(bytes: Buffer, kind: SpokenKind): Promise<TelephoneSound> {
    return this.#sound(async () => ({
      ...{ do: "record", bytes, kind, dir: this.#dir },
      decoder: await this.#decoder(),
    }));
  }

  /** @throws {SoundsWaitingError} */
  spoken(prompt: SpokenPrompt, catalogue: Catalogue): Promise<TelephoneSound> {
    return this.#sound(() => Promise.resolve({ do: "speak", prompt, catalogue }));
  }

  /** Looks at the sounds that are shipped. @throws {SoundsWaitingError} */
  async check({ soundsDir, catalogues }: PromptLibrary): Promise<readonly CheckedSound[]> {
    const place = { soundsDir, catalogues };
    const answer = await this.#queued(() => Promise.resolve({ do: "check", place }));
    if (!("checked" in answer)) throw new Error("the thread has answered something else");
    return answer.checked;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.terminate();
    await this.#last;
  }

  async #sound(job: () => Promise<SoundJob>): Promise<TelephoneSound> {
    const answer = await this.#queued(job);
    if (!("sound" in answer)) throw new Error("the thread has answered something else");
    return answer.sound;
  }

  async #queued(job: () => Promise<SoundJob>): Promise<SoundAnswer> {
    if (this.#closed || this.#waiting >= MOST_WAITING) throw new SoundsWaitingError();
    this.#waiting += 1;
    const done = this.#last.then(async () => this.#run(await job()));
    this.#last = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #run(job: SoundJob): Promise<SoundAnswer> {
    if (this.#closed) throw new SoundsWaitingError();
    const worker = new Worker(PROGRAM.program, { eval: PROGRAM.eval, workerData: job });
    this.#running = worker;
    const late = setTimeout(() => void worker.terminate(), DEADLINE_MS);
    try {
      const answer = await new Promise<SoundAnswer>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.once("exit", () => {
          reject(new Error("no sound was made in time, or the service stops"));
        });
      });
      if ("refused" in answer) throw new PromptRefusal(answer.refused.code, answer.refused.reason);
      if ("why" in answer) throw new Error(answer.why);
      return answer;
    } finally {
      clearTimeout(late);
      this.#running = undefined;
      await worker.terminate();
    }
  }
}
