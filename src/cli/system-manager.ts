import { errorText, type Logger } from "../log.js";
import { runBounded } from "../run-bounded.js";

/** The program is there in a few ms; a machine that is busy may take its time. */
const TOLD_MS = 10_000;
/** Of the time after which systemd takes us for dead: two that come late or get lost are no reason to end us. */
const SHARE_OF_WATCHDOG = 3;

/**
 * Tells systemd how the service is (sd_notify(3), `Type=notify`), and that its event loop turns (`WatchdogSec`). Node has
 * no sockets of datagrams in the file system, so systemd-notify(1) does it, which comes with every systemd
 * (docs/decisions/0028). Nothing is done, and nothing started, where no systemd asks for it.
 */
export class SystemManager {
  readonly #socket: string | undefined;
  readonly #watchdogMs: number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #telling = false;
  #failed = false;

  constructor(env: NodeJS.ProcessEnv, log: Logger) {
    this.#socket = env["NOTIFY_SOCKET"] === "" ? undefined : env["NOTIFY_SOCKET"];
    const isForUs = env["WATCHDOG_PID"] === undefined || Number(env["WATCHDOG_PID"]) === process.pid;
    const microseconds = isForUs ? Number(env["WATCHDOG_USEC"] ?? 0) : 0;
    this.#watchdogMs = Number.isFinite(microseconds) ? microseconds / 1000 : 0;
    this.#log = log;
  }

  /** It takes calls; from here on its event loop is watched. */
  async ready(): Promise<void> {
    if (this.#socket !== undefined && this.#watchdogMs > 0) {
      this.#timer = setInterval(() => void this.#alive(), this.#watchdogMs / SHARE_OF_WATCHDOG);
    }
    await this.#tell("READY=1");
  }

  /** Calls in progress finish; the watch goes on meanwhile. */
  stopping(): Promise<void> {
    return this.#tell("STOPPING=1");
  }

  /** The process may end. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #alive(): Promise<void> {
    // On a machine so slow that the last one is still under way another would make it slower.
    if (this.#telling) return;
    this.#telling = true;
    await this.#tell("WATCHDOG=1");
    this.#telling = false;
  }

  async #tell(state: string): Promise<void> {
    if (this.#socket === undefined) return;
    const env = { NOTIFY_SOCKET: this.#socket };
    try {
      const options = { env, deadlineMs: TOLD_MS, maxBytes: 10_000 };
      const { code, stderr } = await runBounded("systemd-notify", [state], options);
      if (code !== 0) throw new Error(stderr || `systemd-notify ended with ${String(code)}`);
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#log.error("systemd cannot be told", { state, error: errorText(error) });
      this.#failed = true;
    }
  }
}
