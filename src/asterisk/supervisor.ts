import { EventEmitter } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { AriAccess } from "./ari-readiness.js";
import { AsteriskProcess, type ProcessEnd } from "./asterisk-process.js";
import { backoffMs } from "../backoff.js";
import type { AsteriskInstallation } from "./asterisk-installation.js";
import { AsteriskKeepsDyingError, AsteriskNotReadyError } from "./errors.js";
import type { LogLevel } from "./output-log.js";
import { AsteriskOutput } from "./asterisk-output.js";
import { isHung, LOOKS_IN_VAIN } from "./hung.js";
import { endStaleProcess } from "./stale-process.js";

/** Between two starts, milliseconds: at first, and at most. */
const AGAIN_MS = 250;
const LONGEST_AGAIN_MS = 30_000;

export interface SupervisorOptions {
  readonly installation: AsteriskInstallation;
  /** Holds the rendered `asterisk.conf`. */
  readonly configDir: string;
  /** Gets the pid file and Asterisk's output (`log`), and is its working directory. */
  readonly runDir: string;
  readonly ari: AriAccess;
  readonly log: (level: LogLevel, line: string) => void;
  /** Is given each line, those of keys too, which are in no log. */
  readonly hear?: (line: string) => void;
  /** Until ARI must answer. Default 30 s; 1 to 3 s is usual. */
  readonly readyDeadlineMs?: number;
  /** Between two looks whether Asterisk is silent. Default 10 s. */
  readonly lookEveryMs?: number;
  /** Puts in place what each process is to find, before it is started. */
  readonly beforeStart?: () => Promise<void>;
}

interface SupervisorEvents {
  /** ARI answers: after `start()`, and again after each restart. */
  started: [];
  exited: [ProcessEnd];
  restarting: [{ inMs: number }];
}

/** A run that lasts this long was a sound one: the next end counts as the first. */
const SOUND_RUN_MS = 60_000;
/** So many ends in a row before ARI ever answered, and `start()` gives up. */
const EARLY_ENDS = 5;

type State = "stopped" | "starting" | "running" | "stopping";

/**
 * Keeps one Asterisk running: starts it in the foreground, waits until ARI answers, starts it again
 * whenever it dies, and ends it with its owner.
 */
export class AsteriskSupervisor extends EventEmitter<SupervisorEvents> {
  readonly #options: SupervisorOptions;
  readonly #output: AsteriskOutput;
  readonly #pidFile: string;
  readonly #configFile: string;
  #state: State = "stopped";
  #process: AsteriskProcess | null = null;
  #stopping = new AbortController();
  #watch: Promise<void> = Promise.resolve();
  #isSilent: () => boolean = () => false;
  #ending: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    super();
    this.#options = options;
    this.#output = new AsteriskOutput(join(options.runDir, "log"), options.log);
    this.#pidFile = join(options.runDir, "pid");
    this.#configFile = join(options.configDir, "asterisk.conf");
  }

  /** Of the Asterisk that runs now, if one does. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /**
   * Resolves when ARI answers. Rejects when Asterisk ends five times right after its start, or does not
   * answer in time, or is stopped meanwhile; then nothing of it is left running.
   */
  async start(): Promise<void> {
    if (this.#state !== "stopped") throw new Error(`cannot start an Asterisk that is ${this.#state}`);
    this.#state = "starting";
    this.#stopping = new AbortController();
    const begun = this.#begin();
    this.#watch = begun.then(
      () => this.#keepRunning(),
      () => undefined,
    );
    await begun;
  }

  /**
   * Says by what a hung Asterisk is known, from now on; before that none is taken for hung.
   *
   * @param isSilent whether it was asked over the link that stands, or a new one, and gives no answer. Not whether we
   * could ask: a service that cannot open one more socket once took that for the death of a healthy Asterisk, and
   * ended it with all its calls.
   */
  judgeBy(isSilent: () => boolean): void {
    this.#isSilent = isSilent;
  }

  /** Ends Asterisk: asked first, killed after 5 s. Resolves when the process is gone, whoever asks how often. */
  async stop(): Promise<void> {
    if (this.#state === "stopped") return;
    this.#ending ??= this.#end().finally(() => {
      this.#ending = undefined;
    });
    await this.#ending;
  }

  async #end(): Promise<void> {
    this.#state = "stopping";
    this.#stopping.abort();
    await this.#process?.end();
    await this.#watch;
    await this.#tidyUp();
  }

  /** Ends the Asterisk that a killed owner of the same folder left behind; `start()` does it too. */
  async endStale(): Promise<void> {
    const pid = await endStaleProcess(this.#pidFile, this.#configFile);
    if (pid !== null) this.#options.log("warn", `ended an Asterisk left behind, pid ${String(pid)}`);
  }

  /** SIGKILL, as an accident would: for tests of what follows. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  async #begin(): Promise<void> {
    try {
      await mkdir(this.#options.runDir, { recursive: true, mode: 0o700 });
      await this.endStale();
      await this.#bringUp(EARLY_ENDS);
      this.#state = "running";
    } catch (error) {
      await this.#process?.end();
      if (this.#state === "starting") await this.#tidyUp();
      throw error;
    }
    this.#tell(() => this.emit("started"));
  }

  async #keepRunning(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping() && this.#process !== null) {
      const since = Date.now();
      const watched = new AbortController();
      void this.#endWhenHung(this.#process, watched.signal);
      const end = await this.#process.ended;
      watched.abort();
      if (this.#isStopping()) return;
      this.#tell(() => this.emit("exited", end));
      failures = Date.now() - since > SOUND_RUN_MS ? 0 : failures + 1;
      const inMs = backoffMs(failures, AGAIN_MS, LONGEST_AGAIN_MS, Math.random);
      this.#options.log(
        "error",
        `Asterisk ended (${inWords(end)}); it is started again in ${String(inMs)} ms`,
      );
      this.#tell(() => this.emit("restarting", { inMs }));
      await this.#pause(inMs);
      try {
        await this.#bringUp(Infinity);
        this.#tell(() => this.emit("started"));
      } catch (error) {
        if (this.#isStopping()) return;
        // Late: ended here, and the loop's next turn sees it ended and tries again.
        this.#options.log("error", error instanceof Error ? error.message : String(error));
        await this.#process.end();
      }
    }
  }

  /** One that lives and answers no more would otherwise stay so: nothing else ends it, so nothing starts it anew. */
  async #endWhenHung(run: AsteriskProcess, ended: AbortSignal): Promise<void> {
    const { log, lookEveryMs } = this.#options;
    const over = AbortSignal.any([ended, this.#stopping.signal]);
    if (!(await isHung(() => this.#isSilent(), over, lookEveryMs))) return;
    log("error", `Asterisk lives and has not answered for ${String(LOOKS_IN_VAIN)} looks: it is ended`);
    await run.end();
  }

  /** Starts Asterisk until ARI answers, up to so many times. */
  async #bringUp(tries: number): Promise<void> {
    const deadlineMs = this.#options.readyDeadlineMs ?? 30_000;
    for (let failures = 1; ; failures++) {
      this.#stopping.signal.throwIfAborted();
      await this.#options.beforeStart?.();
      const run = await this.#spawn();
      const outcome = await run.untilReady(this.#options.ari, deadlineMs, this.#stopping.signal);
      if (outcome === "ready") return;
      this.#stopping.signal.throwIfAborted();
      if (outcome === "late") throw new AsteriskNotReadyError(deadlineMs, this.#output.lastWords());
      const end = await run.ended;
      if (failures >= tries) {
        throw new AsteriskKeepsDyingError(failures, inWords(end), this.#output.lastWords());
      }
      const inMs = backoffMs(failures, AGAIN_MS, LONGEST_AGAIN_MS, Math.random);
      this.#options.log(
        "error",
        `Asterisk ended at its start (${inWords(end)}); again in ${String(inMs)} ms`,
      );
      await this.#pause(inMs);
    }
  }

  async #spawn(): Promise<AsteriskProcess> {
    const { installation, runDir } = this.#options;
    const run = await AsteriskProcess.start(installation.command, this.#configFile, runDir, (line) => {
      this.#options.hear?.(line);
      this.#output.add(line);
    });
    this.#process = run;
    if (run.pid !== null) await writeFile(this.#pidFile, `${String(run.pid)}\n`, { mode: 0o600 });
    return run;
  }

  /** A listener that throws must not end the watch. */
  #tell(emit: () => boolean): void {
    try {
      emit();
    } catch (error) {
      this.#options.log("error", `a listener failed: ${String(error)}`);
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #tidyUp(): Promise<void> {
    this.#process = null;
    await rm(this.#pidFile, { force: true });
    await this.#output.close();
    this.#state = "stopped";
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}

function inWords({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
}
