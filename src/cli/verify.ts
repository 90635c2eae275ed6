import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { DEFAULT_LOCALE, LOCALES } from "../verification/prompt-id.js";
import { httpsUrl, reachableHost } from "../http/addresses.js";
import { issueKey, revokeKey } from "../acts/client-keys.js";
import { ApiClient, type ApiVerification } from "./api-client.js";
import { ensureClient } from "./client.js";
import { writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, say } from "./output.js";
import { readCode } from "./read-code.js";
import { byCommand } from "./who-runs.js";

interface VerifyOptions {
  code?: string;
  locale: string;
  json?: true;
}

/** The client in whose name the operator's own calls are made. */
const OPERATOR = "operator";
const KEY_LIFE_MS = 15 * 60 * 1000;
const POLL_MS = 300;
const OPEN = ["pending", "in_progress"];

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .argument("<number>", "the telephone number to call")
    .option(
      "--code <source>",
      "with - the code to ask for comes on standard input; else one is issued and printed",
    )
    .option("--locale <locale>", LOCALES.join(" or "), DEFAULT_LOCALE)
    .option("--json", "print the result as JSON")
    .description("place one verification through the running service; exit 0 when verified")
    .action(verify);
}

async function verify(number: string, options: VerifyOptions): Promise<void> {
  const code = options.code === undefined ? undefined : await readCode(options.code);
  return writeStore(async (store, config) => {
    const client = await ensureClient(store, OPERATOR);
    const now = Date.now();
    const wish = { label: "verify", expiresAt: now + KEY_LIFE_MS };
    const key = await store.write((db) =>
      issueKey(db, { vault: store.vault, now }, byCommand(), client, wish),
    );
    const certFile = config.tlsCert ?? path.join(config.dataDir, "tls", "cert.pem");
    try {
      const api = new ApiClient(httpsUrl(reachableHost(config.apiHost), config.apiPort), key.key, certFile);
      await place(api, number, options, code).finally(() => {
        api.close();
      });
    } finally {
      await store.write((db) =>
        revokeKey(db, { vault: store.vault, now: Date.now() }, byCommand(), null, key.id),
      );
    }
  });
}

async function place(
  api: ApiClient,
  number: string,
  options: VerifyOptions,
  code: string | undefined,
): Promise<void> {
  const registered = await api.register({
    phone_number: number,
    locale: options.locale,
    ...(code === undefined ? {} : { code }),
  });
  if (registered.code !== undefined) say(`認証番号 / code: ${registered.code}`);
  const result = await untilFinal(api, registered.id);
  if (options.json) printJson(result);
  else printData(result.reason === null ? result.status : `${result.status} (${result.reason})`);
  if (result.status !== "verified") throw new CommandError("not verified", EXIT.negative);
}

async function untilFinal(api: ApiClient, id: string): Promise<ApiVerification> {
  for (let last = ""; ;) {
    const verification = await api.result(id);
    if (!OPEN.includes(verification.status)) return verification;
    const answered = verification.attempts.some((attempt) => attempt.answered_at !== null);
    const words = answered ? "応答あり / answered" : verification.status;
    if (words !== last) say(words);
    last = words;
    await delay(POLL_MS);
  }
}
