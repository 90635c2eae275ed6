import { request, Agent } from "node:https";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Kysely } from "kysely";
import { WebSocket } from "ws";
import { insertApiKey } from "../../../../src/store/api-keys.js";
import { findClientByName, insertClient } from "../../../../src/store/clients.js";
import type { Schema } from "../../../../src/store/schema.js";
import { Store } from "../../../../src/store/store.js";
import { HonninCommand, setUp } from "../../../cli/honnin-command.js";
import { WIDE_LIMITS } from "../../../support/wide-limits.js";
import { tempDir } from "../../../support/temp-dir.js";
import { atRate, type Contender } from "../contender.js";
import { KEYS } from "../conversation.js";

const DID = "0312340000";
export const CLIENT = "cli_bench";

export interface HonninContender extends Contender {
  readonly api: Api;
  readonly dataDir: string;
  readonly opsPort: number;
}

/**
 * The whole service as `honnin serve` runs it: API over TLS, durable SQLite unless the settings name another database,
 * events read by a WebSocket.
 *
 * @param dataDir where it finds what it had stored, and leaves what it stores; a folder that goes with it
 *   unless told.
 */
export async function honninContender(
  trunkPort: number,
  settings: Readonly<Record<string, string>> = {},
  dataDir?: string,
): Promise<HonninContender> {
  await setUp();
  const dir = dataDir === undefined ? await tempDir() : { path: dataDir, remove: () => Promise.resolve() };
  const databaseUrl = settings["HONNIN_DATABASE_URL"];
  const { key, lastSeq } = await issueKey(dir.path, databaseUrl);
  const service = HonninCommand.serve(dir.path, {
    HONNIN_DIDS: DID,
    HONNIN_TRUNK_URI: `sip:127.0.0.1:${trunkPort}`,
    HONNIN_CALLER_NUMBER: "0312345678",
    HONNIN_TRUNK_MAX_CALLS: "5000",
    HONNIN_TRUNK_MAX_CPS: "1000",
    ...WIDE_LIMITS,
    ...settings,
  });
  const kill = (): void => {
    service.signal("SIGKILL");
  };
  process.once("exit", kill);
  const ready = await service.logged("honnin is ready");
  const api = new Api(String(ready["api"]), key, path.join(dir.path, "tls/cert.pem"));
  const events = await api.events();
  let stopped = false;
  let checked = lastSeq;
  return {
    name: "honnin",
    asteriskPid: await service.asteriskPid(),
    controllerPid: service.pid,
    sipPort: Number(ready["sip"]),
    did: DID,
    api,
    dataDir: dir.path,
    opsPort: Number(ready["ops"]),
    await: (numbers, rate) =>
      atRate(numbers, rate, (number) =>
        api.register({ phone_number: number, direction: "inbound", code: KEYS, expires_in: 600 }),
      ),
    call: (numbers, rate) =>
      atRate(numbers, rate, (number) => api.register({ phone_number: number, code: KEYS, expires_in: 600 })),
    check: async () => {
      const { troubles, upTo } = await notVerified(dir.path, checked, databaseUrl);
      checked = upTo;
      return troubles;
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      events.terminate();
      api.close();
      process.off("exit", kill);
      service.signal("SIGTERM");
      service.signal("SIGTERM");
      await service.ended();
      await dir.remove();
    },
  };
}

/** A web server of the company, as light as can be: its own cost is not to be measured. */
class Api {
  readonly url: string;
  readonly key: string;
  readonly #ca: Buffer;
  readonly #agent: Agent;

  constructor(url: string, key: string, certFile: string) {
    this.url = url;
    this.key = key;
    this.#ca = readFileSync(certFile);
    this.#agent = new Agent({ ca: this.#ca, keepAlive: true, maxSockets: 64 });
  }

  async register(body: Readonly<Record<string, unknown>>): Promise<string> {
    const { status, text } = await this.post("/v1/verifications", body);
    if (status !== 201) throw new Error(`registration was answered ${status}: ${text}`);
    return (JSON.parse(text) as { id: string }).id;
  }

  /** What a GET answers with 200, parsed. */
  async get(where: string): Promise<unknown> {
    const { status, text } = await this.#send("GET", where, "");
    if (status !== 200) throw new Error(`${where} was answered ${status}: ${text}`);
    return JSON.parse(text) as unknown;
  }

  post(where: string, body: Readonly<Record<string, unknown>>): Promise<{ status: number; text: string }> {
    return this.#send("POST", where, JSON.stringify(body));
  }

  #send(method: "GET" | "POST", where: string, text: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.key}`,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      };
      const outgoing = request(this.url + where, { method, agent: this.#agent, headers }, (answer) => {
        let received = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => (received += chunk));
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, text: received });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(text);
    });
  }

  events(): Promise<WebSocket> {
    const socket = new WebSocket(`${this.url.replace("https", "wss")}/v1/events`, {
      ca: this.#ca,
      headers: { authorization: `Bearer ${this.key}` },
    });
    return new Promise((resolve, reject) => {
      socket.once("open", () => {
        resolve(socket);
      });
      socket.once("error", reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A key for the API, and the last verification that there is already. */
async function issueKey(dataDir: string, databaseUrl?: string): Promise<{ key: string; lastSeq: number }> {
  const issue = (store: Store): Promise<{ key: string; lastSeq: number }> =>
    store.write(async (db) => {
      const now = Date.now();
      if ((await findClientByName(db, "bench")) === undefined) {
        await insertClient(db, { id: CLIENT, name: "bench", created_at: now });
      }
      const { key } = await insertApiKey(db, { clientId: CLIENT, label: "", now, expiresAt: null });
      return { key, lastSeq: (await lastVerification(db)) ?? 0 };
    });
  return withStore(dataDir, issue, databaseUrl);
}

/** Verifications after one that did not end as they should have, counted by how they stand. */
async function notVerified(
  dataDir: string,
  after: number,
  databaseUrl?: string,
): Promise<{ troubles: string[]; upTo: number }> {
  const count = async (store: Store): Promise<{ troubles: string[]; upTo: number }> => {
    const upTo = (await lastVerification(store.read)) ?? after;
    const rows = await store.read
      .selectFrom("verifications")
      .select(["status", "reason", (eb) => eb.fn.countAll<number>().as("count")])
      .where("seq", ">", after)
      .where("seq", "<=", upTo)
      .where("status", "!=", "verified")
      .groupBy(["status", "reason"])
      .execute();
    const troubles = rows.map(
      (row) => `${row.count} ${row.status}${row.reason === null ? "" : `/${row.reason}`}`,
    );
    return { troubles, upTo };
  };
  return withStore(dataDir, count, databaseUrl);
}

/** The database of a data folder, or the one at that URL, also beside the service that runs on it. */
export async function withStore<T>(
  dataDir: string,
  use: (store: Store) => Promise<T>,
  databaseUrl?: string,
): Promise<T> {
  const store = await Store.open(dataDir, databaseUrl);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function lastVerification(db: Kysely<Schema>): Promise<number | undefined> {
  const query = db.selectFrom("verifications").select("seq").orderBy("seq", "desc").limit(1);
  return (await query.executeTakeFirst())?.seq;
}
