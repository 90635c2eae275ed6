import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { onLines } from "../lines.js";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { startProgram } from "../child-process.js";
import { ariAnswers, type AriAccess } from "./ari-readiness.js";
import type { Command } from "../programs/command.js";
import { withPrecedence } from "./precedence.js";
import { serveAtOnce } from "./real-time.js";

/** How a run ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Between two looks whether ARI answers; each is one request on loopback, about a millisecond. */
const READY_POLL_MS = 50;
/** Asterisk drops its calls and ends within a second of SIGTERM, or something is wrong with it. */
const STOP_DEADLINE_MS = 5_000;

/** One run of Asterisk, in the foreground. */
export class AsteriskProcess {
  /** Settles when the process is gone and its output read; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #gone = false;

  private constructor(child: ChildProcess, onLine: (line: string) => void) {
    this.#child = child;
    readLines(child.stdout, onLine);
    readLines(child.stderr, onLine);
    this.ended = once(child, "close").then(
      () => this.#end(),
      () => this.#end(),
    );
  }

  /** @throws {ProgramStartError} when it cannot be run at all. */
  static async start(
    command: Command,
    configFile: string,
    workDir: string,
    onLine: (line: string) => void,
  ): Promise<AsteriskProcess> {
    // -f: in the foreground; -T: time stamps; -q would hide warnings. Its own process group, so that
    // Ctrl-C in a terminal reaches the owner only, who ends the calls in good order first.
    const child = await withPrecedence(() =>
      startProgram(command.file, [...command.args, "-f", "-C", configFile], {
        cwd: workDir,
        env: { ...command.env, LC_ALL: "C" },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      }),
    );
    return new AsteriskProcess(child, onLine);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until ARI answers, the process ends, the deadline passes or the signal is given. */
  async untilReady(
    ari: AriAccess,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<"ready" | "ended" | "late"> {
    const deadline = performance.now() + deadlineMs;
    while (!signal.aborted && performance.now() < deadline) {
      if (await ariAnswers(ari, signal)) {
        // Now that it has all its threads, and so much work no more that it could hold anything up.
        if (this.pid !== null) await serveAtOnce(this.pid);
        return this.#afterAll(signal);
      }
      await Promise.race([this.ended, delay(READY_POLL_MS)]);
      if (this.#gone) return "ended";
    }
    return "late";
  }

  /** It may have ended, or been told to, since ARI answered. */
  #afterAll(signal: AbortSignal): "ready" | "ended" | "late" {
    if (this.#gone) return "ended";
    return signal.aborted ? "late" : "ready";
  }

  /** Asks it to end, and after 5 s makes it. */
  async end(): Promise<void> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => {
      this.kill("SIGKILL");
    }, STOP_DEADLINE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #end(): ProcessEnd {
    this.#gone = true;
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  onLines(stream, (line) => {
    if (line.trim() !== "") onLine(line);
  });
}
