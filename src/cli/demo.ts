import { copyFile, rm } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { findComponent } from "../programs/components.js";
import { loadConfig } from "../config.js";
import { createLogger, type Logger } from "../log.js";
import { lockDataDir } from "../service/instance-lock.js";
import { type Service, startService } from "../main.js";
import { PROJECT_DIR } from "../project-dir.js";
import { Softphone } from "../softphone/softphone.js";
import { insertApiKey } from "../store/api-keys.js";
import { Store } from "../store/store.js";
import { ApiClient, type ApiVerification } from "./api-client.js";
import { ensureClient } from "./client.js";
import { readConfig } from "./context.js";
import { endAsterisk } from "./end-asterisk.js";
import { ENDING_SIGNALS, outliveTerminal } from "./ending-signals.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, say } from "./output.js";
import { Timeline } from "./timeline.js";

/** The number that rings the softphone; a mobile number, so that it passes the policy like any other. */
const NUMBER = "090-1234-5678";
const PHONE = "1001";
const FINAL_MS = 60_000;
/** The greeting and the first sentence of the question; whoever sees the code keys it then. */
const LISTENS_MS = 9_000;

interface DemoOptions {
  json?: true;
}

export function addDemoCommand(program: Command): void {
  program
    .command("demo")
    .option("--json", "print the result as JSON")
    .description("one whole verification, placed to a real softphone that answers and keys the code")
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  const dataDir = path.join(readConfig().dataDir, "demo");
  const { signal, interrupted } = whenInterrupted();
  await clear(dataDir);
  const timeline = new Timeline();
  const service = await startService(demoConfig(dataDir), demoLog(), signal);
  try {
    timeline.mark(
      "Asterisk と API が起動",
      `service is up: ${service.apiUrl}, SIP on 127.0.0.1:${service.sipPort}`,
    );
    const result = await place(service, dataDir, timeline, interrupted);
    if (options.json) printJson(result);
    else printData(result.reason === null ? result.status : `${result.status} (${result.reason})`);
    if (result.status !== "verified") throw new CommandError("the demo did not end verified", EXIT.negative);
  } catch (error) {
    // A service that was told to stop refuses what was under way: that is not why the demo has ended.
    signal.throwIfAborted();
    throw error;
  } finally {
    await service.stop(0);
  }
}

/** Told when the demo is broken off: then what it has started is ended in good order. */
function whenInterrupted(): { signal: AbortSignal; interrupted: Promise<never> } {
  outliveTerminal();
  const breaking = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ENDING_SIGNALS) {
      process.on(signal, () => {
        const broken = new CommandError("the demo was broken off", EXIT.negative);
        breaking.abort(broken);
        reject(broken);
      });
    }
  });
  // Before anybody waits for it: kept until somebody does.
  interrupted.catch(() => undefined);
  return { signal: breaking.signal, interrupted };
}

/** Takes away what an earlier demo left, its Asterisk too should it have been killed. */
async function clear(dataDir: string): Promise<void> {
  const unlock = lockDataDir(dataDir);
  try {
    await endAsterisk(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  } finally {
    unlock();
  }
}

/** Ports of its own and nothing of the user's settings: it runs beside a service that is in use. */
function demoConfig(dataDir: string): ReturnType<typeof loadConfig> {
  return loadConfig(
    {
      HONNIN_DATA_DIR: dataDir,
      HONNIN_API_PORT: "0",
      HONNIN_OPS_PORT: "0",
      HONNIN_CONSOLE_PORT: "0",
      HONNIN_SIP_PORT: "0",
      HONNIN_TEST_PHONES: `${NUMBER.replaceAll("-", "")}=${PHONE}`,
    },
    process.cwd(),
  );
}

/** What goes wrong is shown; the rest is told by the timeline. */
function demoLog(): Logger {
  return createLogger("warn");
}

async function place(
  service: Service,
  dataDir: string,
  timeline: Timeline,
  interrupted: Promise<never>,
): Promise<ApiVerification> {
  const api = new ApiClient(service.apiUrl, await issueKey(dataDir), service.certFile);
  const phone = await startSoftphone(service, dataDir);
  timeline.mark("ソフトフォンを登録", `softphone (baresip) registered as ${PHONE}`);
  try {
    const registered = await api.register({ phone_number: NUMBER });
    timeline.mark("認証を登録", `POST /v1/verifications → 201, id ${registered.id}, ${registered.status}`);
    timeline.mark("画面に認証番号を表示", `the web page shows the code: ${registered.code ?? ""}`);
    const ended = timeline.follow(service.calls, registered.id, {
      onAsked: () => phone.press(registered.code ?? "", { gapMs: 180 }),
      listensMs: LISTENS_MS,
      ms: FINAL_MS,
    });
    await Promise.race([ended, interrupted]);
    const result = await api.result(registered.id);
    timeline.mark("結果を取得", `POST /v1/verifications/result → ${result.status}`);
    return result;
  } finally {
    api.close();
    await phone.stop();
    await keepRecording(phone, dataDir);
  }
}

/** As `honnin key create --client demo` would. */
async function issueKey(dataDir: string): Promise<string> {
  const store = await Store.open(dataDir);
  try {
    const client = await ensureClient(store, "demo");
    const issued = await store.write((db) =>
      insertApiKey(db, { clientId: client.id, label: "demo", now: Date.now(), expiresAt: null }),
    );
    return issued.key;
  } finally {
    await store.close();
  }
}

async function startSoftphone(service: Service, dataDir: string): Promise<Softphone> {
  const baresip = await findComponent("baresip", PROJECT_DIR);
  const account = service.testPhones.find((phone) => phone.name === PHONE);
  if (baresip === null || account === undefined) {
    throw new CommandError("the softphone is not set up; run: npm run setup", EXIT.unavailable);
  }
  return Softphone.start({
    command: baresip.command("usr/bin/baresip"),
    moduleDir: path.join(baresip.root, "usr/lib/baresip/modules"),
    sipHost: "127.0.0.1",
    sipPort: service.sipPort,
    username: PHONE,
    password: account.password,
    workDir: path.join(dataDir, "softphone"),
    answerMode: "auto",
  });
}

async function keepRecording(phone: Softphone, dataDir: string): Promise<void> {
  const [recording] = phone.recordings;
  if (recording === undefined) return;
  const kept = path.join(path.dirname(dataDir), "demo-heard.wav");
  await copyFile(recording, kept);
  say(`聞こえた音声 / what the softphone heard: ${path.relative(process.cwd(), kept)}`);
}
