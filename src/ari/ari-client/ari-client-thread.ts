import { Worker } from "node:worker_threads";
import { type WorkerProgram, workerProgram } from "../../worker-program.js";
import type { FromWorker, ToWorker, WorkerLogin } from "./ari-client-messages.js";

/** More than a flood of events takes; a leak ends the worker, not the service. */
const HEAP_MB = 256;

const ARI_CLIENT = workerProgram(import.meta.url, "ari-client-worker");

/** One worker thread with `ari-client` in it, from its start to its end, which is told once. */
export class AriClientThread {
  readonly #worker: Worker;
  readonly #gone: Promise<unknown>;
  #why = "the worker ended";
  #ending = false;

  /** @param program another than ari-client: for tests of one that hangs. */
  constructor(
    login: WorkerLogin,
    onMessage: (message: FromWorker) => void,
    onEnd: (why: string) => void,
    program: WorkerProgram = ARI_CLIENT,
  ) {
    this.#worker = new Worker(program.program, {
      eval: program.eval,
      name: "ari-client",
      workerData: login,
      // Neither our secrets nor a proxy's address: `request` would send the login by HTTP_PROXY.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      // It prints what it has to say about errors; ours are told by messages and by its end.
      stdout: true,
      stderr: true,
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on("message", (message: FromWorker) => {
      // What was on its way when the end was decided belongs to a link that is over.
      if (!this.#ending) onMessage(message);
    });
    this.#worker.on("error", (error: unknown) => {
      if (!this.#ending) this.#why = error instanceof Error ? error.message : String(error);
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#ending = true;
        // The URL of its socket has the password in it, and an error may quote the URL.
        onEnd(this.#why.replace(/api_key=[^\s&]*/g, "api_key=(a secret)"));
        resolve(undefined);
      });
    });
  }

  tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Ends it, a thread in an endless loop too. Resolves when it is gone and that was told. */
  async end(why: string): Promise<void> {
    if (!this.#ending) {
      this.#ending = true;
      this.#why = why;
      await this.#worker.terminate();
    }
    await this.#gone;
  }
}
