import type { Command } from "commander";
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
  const service = await startService(config, log);
  await new Promise<void>((resolve) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stopping) {
        log.warn("second signal: ending at once", { signal });
        const pid = service.asteriskPid();
        if (pid !== null) process.kill(pid, "SIGKILL");
        process.exit(EXIT.unavailable);
      }
      stopping = true;
      log.info("draining: no new calls, those in progress finish", { signal });
      void service.stop().then(resolve);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
  log.info("stopped");
}
