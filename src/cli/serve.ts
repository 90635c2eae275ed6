import type { Command } from "commander";
import { createLogger } from "../log.js";
import { startService } from "../main.js";
import { readConfig } from "./context.js";
import { endAsterisk } from "./end-asterisk.js";
import { ENDING_SIGNALS, outliveTerminal } from "./ending-signals.js";
import { EXIT } from "./exit-codes.js";
import { forbidCores } from "./forbid-cores.js";

export function addServeCommand(program: Command): void {
  program.command("serve").description("run the service until SIGTERM or SIGINT").action(serve);
}

/**
 * Under npm a Ctrl-C comes twice: from the terminal, and handed on by npm; and a closed terminal tells both the shell
 * and its jobs. Nobody presses it twice so fast.
 */
const SAME_PRESS_MS = 300;

/** First signal: drain and exit 0. Second signal: out at once. */
async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  outliveTerminal();
  await forbidCores(log);
  // Heard from the first moment: a service ended while it starts would leave Asterisk behind.
  const asked = new Promise<void>((resolve) => {
    let stopping: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stopping !== undefined) {
        if (signal !== "SIGTERM" && performance.now() - stopping < SAME_PRESS_MS) return;
        log.warn("second signal: ending at once", { signal });
        void endAsterisk(config.dataDir).finally(() => process.exit(EXIT.unavailable));
        return;
      }
      stopping = performance.now();
      log.info("draining: no new calls, those in progress finish; a second signal ends at once", { signal });
      resolve();
    };
    for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  });
  const service = await startService(config, log);
  await asked;
  await service.stop();
  log.info("stopped");
}
