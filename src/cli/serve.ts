import path from "node:path";
import type { Command } from "commander";
import { endStaleProcess } from "../asterisk/stale-process.js";
import { createLogger } from "../log.js";
import { startService } from "../main.js";
import { readConfig } from "./context.js";
import { EXIT } from "./exit-codes.js";

export function addServeCommand(program: Command): void {
  program.command("serve").description("run the service until SIGTERM or SIGINT").action(serve);
}

/** First signal: drain and exit 0. Second signal: out at once. */
async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  // Heard from the first moment: a service ended while it starts would leave Asterisk behind.
  const asked = new Promise<void>((resolve) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stopping) {
        log.warn("second signal: ending at once", { signal });
        void endAsterisk(config.dataDir).finally(() => process.exit(EXIT.unavailable));
        return;
      }
      stopping = true;
      log.info("draining: no new calls, those in progress finish; a second signal ends at once", { signal });
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
  const service = await startService(config, log);
  await asked;
  await service.stop();
  log.info("stopped");
}

/** By its pid file, so also while the service does not stand yet; one that never ran is no error. */
async function endAsterisk(dataDir: string): Promise<void> {
  const dir = path.join(dataDir, "asterisk");
  await endStaleProcess(path.join(dir, "pid"), path.join(dir, "etc", "asterisk.conf"));
}
