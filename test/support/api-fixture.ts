import { createApi } from "../../src/http/app.js";
import { listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { insertApiKey } from "../../src/store/api-keys.js";
import { insertClient } from "../../src/store/clients.js";
import type { CallLimits } from "../../src/clients/call-limits.js";
import type { ReportDoor } from "../../src/sms/http/report-door.js";
import type { PayeeSounds } from "../../src/prompts/payee-voice.js";
import type { Store } from "../../src/store/store.js";
import { callPrices, messagePartPrice } from "../../src/usage/call-prices.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { HttpsClient } from "./https-client.js";
import { capturedLog } from "./quiet-log.js";
import { tempDir } from "./temp-dir.js";
import { openStore } from "./test-database.js";

/** So wide that no test comes near them by accident; those that are about them set their own. */
export const CALL_LIMITS: CallLimits = {
  perNumberPerHour: 10_000,
  perBlockPerHour: 100_000,
  perMinute: 100_000,
  registrationsPerMinute: 100_000,
  registrationsPerDay: 1_000_000,
  enrollments: 100_000,
  budget: { day: 100_000_000, month: 100_000_000 },
  ownBudget: { day: null, month: null },
  prices: callPrices(DEFAULT_TARIFF),
  messagePartPrice: messagePartPrice(DEFAULT_TARIFF),
  messageAlphabet: "auto",
  longestCallMs: 180_000,
};

export const LIMITS = {
  maxConsecutiveFailures: 5,
  failureLockMs: 3_600_000,
  fraudBlockMs: 3_600_000,
  maxWrongPins: 50,
  calls: CALL_LIMITS,
};

export interface ApiFixture {
  readonly dataDir: string;
  readonly store: Store;
  readonly api: HttpsClient;
  readonly logged: () => string;
  /** Another client of the same service. */
  newClient(name: string): Promise<HttpsClient>;
  stop(): Promise<void>;
}

/** The API on real TLS and a real database, with nobody to place the calls. */
export async function startApi(
  clock: () => number = Date.now,
  dids: readonly string[] = ["+81312340000", "+81312340001"],
  {
    calls = CALL_LIMITS,
    diskHasRoom = () => true,
    smsAvailable = () => false,
    smsReports,
    payees,
  }: {
    calls?: CallLimits;
    diskHasRoom?: () => boolean;
    smsAvailable?: () => boolean;
    smsReports?: ReportDoor;
    payees?: PayeeSounds;
  } = {},
): Promise<ApiFixture> {
  const dir = await tempDir();
  const store = await openStore(dir.path);
  const { log, text } = capturedLog();
  const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
  const app = createApi({
    store,
    clock,
    log,
    limits: { ...LIMITS, calls },
    tariff: DEFAULT_TARIFF,
    version: "0.0.0-test",
    outboundAllow: ["+1415"],
    dids,
    payees,
    accepting: () => true,
    diskHasRoom,
    canCall: () => true,
    smsAvailable,
    ...(smsReports && { smsReports }),
  });
  const server = await listen(app, tls, "127.0.0.1", 0);
  const clients: HttpsClient[] = [];
  const newClient = async (name: string): Promise<HttpsClient> => {
    const client = { id: `cli_${name}`, name, created_at: clock() };
    const { key } = await store.write(async (db) => {
      await insertClient(db, client);
      return insertApiKey(db, { clientId: client.id, label: "test", now: clock(), expiresAt: null });
    });
    const https = new HttpsClient(`https://127.0.0.1:${server.port}`, key, tls.certFile);
    clients.push(https);
    return https;
  };
  return {
    dataDir: dir.path,
    store,
    api: await newClient("acme"),
    logged: text,
    newClient,
    async stop() {
      for (const client of clients) client.close();
      await server.close();
      await store.close();
      await dir.remove();
    },
  };
}
