import type { Command } from "commander";
import { createLogger, type Logger } from "../log.js";
import { startService } from "../main.js";
import type { ConsoleDoor } from "../service/console-door.js";
import { readConfig } from "./context.js";
import { endAsterisk } from "./end-asterisk.js";
import { ENDING_SIGNALS, outliveTerminal } from "./ending-signals.js";
import { EXIT } from "./exit-codes.js";
import { forbidCores } from "./forbid-cores.js";
import { say } from "./output.js";
import { SystemManager } from "./system-manager.js";

export function addServeCommand(program: Command): void {
  program.command("serve").description("run the service until SIGTERM or SIGINT").action(serve);
}

/**
 * One stop may be asked for several times over: by a terminal, or by systemd, which tells every process of the service
 * (`KillMode=control-group`), and by npm, which hands on what it hears; a closed terminal tells both the shell and its
 * jobs. Those come within milliseconds, on a busy machine tenths of a second. Who means a second signal has first read
 * or waited for something, and who presses without looking presses a third time.
 */
const SAME_STOP_MS = 1_000;
/** What was left behind by the stop must not keep the process. */
const EXIT_MS = 2_000;

const RULE = "─".repeat(80);

/** Why a start was broken off. */
class StoppedWhileStartingError extends Error {
  readonly code = "stopped_while_starting";

  constructor() {
    super("stopped while it was starting");
    this.name = "StoppedWhileStartingError";
  }
}

/** First signal: drain and exit 0. Second signal: out at once. */
async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  const manager = new SystemManager(process.env, log);
  outliveTerminal();
  const { signal: stopping, asked } = firstSignal(log, config.dataDir);
  const reload = onReload();
  await forbidCores(log);
  try {
    const service = await startService(config, log, stopping);
    reload.by(() => void service.readCertificate());
    tellWhereToBegin(service.console);
    await manager.ready();
    await asked;
    // Nobody waits for it: the calls come first.
    void manager.stopping();
    await service.stop();
  } catch (error) {
    if (!(error instanceof StoppedWhileStartingError)) throw error;
  } finally {
    manager.close();
  }
  log.info("stopped");
  setTimeout(() => process.exit(EXIT.ok), EXIT_MS).unref();
}

/** The demonstration, where there is one; else the first account, while there is none. */
function tellWhereToBegin(door: ConsoleDoor | null): void {
  const { startUrl = null, firstLink = null } = door ?? {};
  if (startUrl === null) {
    tellOfFirstLink(door);
    return;
  }
  say("");
  say(RULE);
  say("ブラウザーで次のアドレスを開くと、電話認証を試せます（証明書の警告が出たら、続行してください）。");
  say("Open this address in a browser to try it out (and proceed past its warning of the certificate):");
  say("");
  say(`  ${startUrl}`);
  if (firstLink !== null) {
    say("");
    say("管理コンソールのアカウントは、次のリンクから作成します（1回限り、1時間有効）。");
    say("An account of the console is made by this link, which works once and for an hour:");
    say("");
    say(`  ${firstLink}`);
  }
  say(RULE);
  say("");
}

/** `systemctl reload`, which sends SIGUSR2: SIGHUP means that a terminal was closed. Unheard it would end us. */
function onReload(): { by: (reload: () => void) => void } {
  let reload = (): void => undefined;
  process.on("SIGUSR2", () => {
    reload();
  });
  return {
    by: (act) => {
      reload = act;
    },
  };
}

/** On standard error and not in the log: whoever has the link within the hour runs the console. */
function tellOfFirstLink(door: ConsoleDoor | null): void {
  const link = door?.firstLink ?? null;
  if (link === null) return;
  if (isKept(process.env)) {
    say("コンソールのアカウントがまだありません。`honnin admin create --role admin` で作成してください。");
    say("The console has no account yet. Make the first one by `honnin admin create --role admin`.");
    return;
  }
  say("");
  say("コンソールのアカウントがまだありません。次のリンクから作成してください（1回限り、1時間有効）。");
  say("The console has no account yet. Make the first one by this link, which works once and for an hour:");
  say("");
  say(`  ${link}`);
  say("");
}

/**
 * What goes to the journal, or to the log of a container, is kept, and read by more people than those who are to run the
 * console. `container` is what systemd, podman and our image say by (https://systemd.io/CONTAINER_INTERFACE).
 */
function isKept({ JOURNAL_STREAM: journal, container }: NodeJS.ProcessEnv): boolean {
  return journal !== undefined || container !== undefined;
}

/** Heard from the first moment: a service ended while it starts would leave Asterisk behind, or dial. */
function firstSignal(log: Logger, dataDir: string): { signal: AbortSignal; asked: Promise<void> } {
  const stop = new AbortController();
  const asked = new Promise<void>((resolve) => {
    let since: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (since !== undefined) {
        if (performance.now() - since < SAME_STOP_MS) return;
        log.warn("second signal: ending at once", { signal });
        void endAsterisk(dataDir).finally(() => process.exit(EXIT.unavailable));
        return;
      }
      since = performance.now();
      log.info("draining: no new calls, those in progress finish; a second signal ends at once", { signal });
      stop.abort(new StoppedWhileStartingError());
      resolve();
    };
    for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  });
  return { signal: stop.signal, asked };
}
