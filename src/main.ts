import path from "node:path";
import { chooseConnector, openConnection } from "./ari/connector.js";
import { prepareBundledAsterisk } from "./asterisk/bundled-asterisk.js";
import { type Config } from "./config.js";
import { Pruner } from "./events/pruner.js";
import { WebhookDeliverer } from "./events/webhook-deliverer.js";
import { Admission } from "./http/admission.js";
import { httpsUrl, reachableHost } from "./http/addresses.js";
import { createApi } from "./http/app.js";
import { createEventUpgrade } from "./http/event-upgrade.js";
import { listenOps, type Trouble } from "./http/ops.js";
import { listen } from "./http/server.js";
import { loadTlsPair } from "./http/tls.js";
import { WrongKeys } from "./http/wrong-keys.js";
import { lockDataDir } from "./instance-lock.js";
import { FreeDisk } from "./free-disk.js";
import { errorText, type Logger } from "./log.js";
import { PROJECT_DIR, VERSION } from "./project-dir.js";
import { tellWhenReplaced, troublesOf } from "./readiness.js";
import { Teardown, unlessStopped } from "./teardown.js";
import { callPrompts } from "./prompts/call-prompts.js";
import { openCatalogue } from "./prompts/catalogue.js";
import { databaseFile } from "./store/sqlite/database.js";
import { Store } from "./store/store.js";
import { tellOfAssertedByDefault } from "./acts/upgrade-notice.js";
import { type CallEvents, createCallEvents } from "./telephony/call-events.js";
import { Deadlines } from "./telephony/deadlines.js";
import { Dialer } from "./telephony/dialer.js";
import { APPLICATION, Inbound } from "./telephony/inbound.js";
import { dialString, mayBeCalled, readTestPhones, type RoutingTable } from "./telephony/route.js";
import { tellOfBudgets } from "./telephony/budget-log.js";
import { callLimits } from "./telephony/configured-limits.js";
import { OwedWrites } from "./telephony/owed-writes.js";
import { callPrices } from "./usage/call-prices.js";
import { loadTariff, type Tariff } from "./usage/tariff.js";
import type { CallParts } from "./telephony/call-parts.js";
import { canonicalDid } from "./verification/did.js";

export interface Service {
  /** For callers on this machine. */
  readonly apiUrl: string;
  readonly opsPort: number;
  /** The certificate to trust when calling {@link apiUrl}. */
  readonly certFile: string;
  readonly sipPort: number;
  /** Softphone accounts of the bundled Asterisk; empty with an Asterisk of the user's own. */
  readonly testPhones: readonly { readonly name: string; readonly password: string }[];
  readonly calls: CallEvents;
  /** Of the bundled Asterisk, while one runs. */
  readonly asteriskPid: () => number | null;
  /** Names of the channels that Asterisk has at this moment. */
  readonly channels: () => Promise<readonly string[]>;
  /** No new calls; those in progress finish within the drain time; then everything is closed. */
  stop(drainMs?: number): Promise<void>;
}

const ARI_READY_MS = 30_000;
/** Room beside the trunk's own limit: test phones, and calls that are being hung up. */
const SPARE_CALLS = 20;
/** A call that is cut off at the end of the drain has its end stored: as long as the database may take for that. */
const DRAIN_SPARE_MS = 15_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Starts the whole service. What has been started is stopped again when a later step fails.
 *
 * @param stopping a stop that is asked for while it starts is heeded at the next step: nothing is dialled after it.
 * @throws what the signal was aborted with.
 */
export async function startService(
  config: Config,
  log: Logger,
  stopping = new AbortController().signal,
): Promise<Service> {
  const teardown = new Teardown(log);
  try {
    return await start(config, log, teardown, stopping);
  } catch (error) {
    await teardown.run();
    // Whatever failed because it was broken off.
    stopping.throwIfAborted();
    throw error;
  }
}

async function start(
  config: Config,
  log: Logger,
  teardown: Teardown,
  stopping: AbortSignal,
): Promise<Service> {
  const clock = Date.now;
  stopping.throwIfAborted();
  teardown.add("the lock of the data directory", lockDataDir(config.dataDir));
  const store = await Store.open(config.dataDir, config.databaseUrl);
  teardown.add("the database", () => store.close());
  stopping.throwIfAborted();
  await tellOfAssertedByDefault(
    store,
    (clients) => {
      log.warn(
        "these clients have members enrolled without a PIN, or use caller_id, and have not set demand_evidence:" +
          " from this version on such a call needs a P-Asserted-Identity of the trunk that names the number;" +
          " a From alone, which a caller may write, no longer proves it",
        { clients: clients.join(", ") },
      );
    },
    clock(),
  );
  const soundsDir = path.join(PROJECT_DIR, "sounds");
  const prompts = callPrompts(store, config.dataDir, openCatalogue(soundsDir), log);

  const bundled = config.ariUrl === undefined ? await prepareBundled(config, log, soundsDir) : null;
  stopping.throwIfAborted();
  if (bundled !== null) {
    teardown.add("Asterisk", () => bundled.stop());
    await unlessStopped(stopping, bundled.start(), () => bundled.stop());
  }
  const access = {
    url: bundled?.ariUrl ?? config.ariUrl ?? "",
    username: bundled?.ariUsername ?? config.ariUsername ?? "",
    password: bundled?.ariPassword ?? config.ariPassword ?? "",
    application: APPLICATION,
    onTrouble: (what: string, error?: unknown) => {
      log.warn(what, error === undefined ? {} : { error: errorText(error) });
    },
  };
  const version = bundled?.version;
  const connector = await chooseConnector(config.ariConnector, access, ARI_READY_MS, version, stopping);
  stopping.throwIfAborted();
  log.info("driving Asterisk", { connector });
  const ari = openConnection(connector, access);
  teardown.add("the link to Asterisk", () => ari.close());
  bundled?.judgeBy(() => ari.silent);
  tellWhenReplaced(ari, APPLICATION, log);
  await unlessStopped(stopping, ari.ready(ARI_READY_MS), () => ari.close());

  const routes: RoutingTable = {
    hasTrunk: config.trunkUri !== undefined,
    trunkNumberFormat: config.trunkNumberFormat,
    testPhones: readTestPhones(config.testPhones),
  };
  const calls = createCallEvents();
  const owed = new OwedWrites(log);
  teardown.add("owed writes", () => owed.stop());
  const tariff = loadTariff(config.tariff);
  const parts: CallParts = {
    ari,
    store,
    owed,
    clock,
    log,
    events: calls,
    prompts,
    settings: callSettings(config, tariff),
    ...(bundled === null ? {} : { overheard: bundled.overheard }),
  };
  tellOfBudgets(store, log);
  const written = [config.dataDir, path.dirname(databaseFile(config.dataDir, config.databaseUrl))];
  const disk = new FreeDisk(written, config.minFreeDiskMb * 1_000_000, log);
  teardown.add("the look at the disk", () => {
    disk.stop();
  });
  await disk.start();
  const dialer = new Dialer(parts, routes, {
    maxCalls: config.trunkMaxCalls,
    maxCallsPerSecond: config.trunkMaxCps,
    maxQueueMs: config.maxQueueSeconds * 1000,
  });
  const dids = config.dids.map(canonicalDid);
  const inbound = new Inbound(parts, {
    answer: config.answerInbound,
    limits: parts.settings.limits,
    dids,
    didFrom: config.trunkDidFrom,
    trustAsserted: config.trustAssertedIdentity,
    mayCall: (number, allow) => mayBeCalled(number, [...config.outboundAllow, ...allow], routes),
  });
  // Once all calls have ended: who calls meanwhile is refused, and does not ring into silence.
  teardown.add("calls in", () => {
    inbound.stop();
  });
  const deadlines = new Deadlines(store, clock, log);
  const halt = (): void => {
    dialer.halt();
    inbound.refuse();
  };
  stopping.addEventListener("abort", halt, { once: true });

  const wrongKeys = new WrongKeys(clock, log);
  teardown.add("wrong keys", () => {
    wrongKeys.tell();
  });
  const admission = new Admission(store, clock, wrongKeys);
  const tls = await loadTlsPair(config.dataDir, config.tlsCert, config.tlsKey, clock());
  stopping.throwIfAborted();
  const app = createApi({
    store,
    clock,
    log,
    limits: parts.settings.limits,
    outboundAllow: config.outboundAllow,
    tariff,
    version: VERSION,
    dids,
    accepting: () => !dialer.draining,
    diskHasRoom: () => disk.hasRoom,
    canCall: (number) => dialString(number, routes) !== null,
    admission,
  });
  const live = createEventUpgrade({ store, clock, log, admission });
  const api = await listen(app, tls, config.apiHost, config.apiPort, live.upgrade, {
    total: config.apiMaxConnections,
    perAddress: config.apiMaxConnectionsPerAddress,
  });
  teardown.add("the API", () => api.close());
  teardown.add("the event streams", () => live.close());
  stopping.throwIfAborted();
  const troubles = (): Promise<Trouble[]> =>
    Promise.resolve(troublesOf(ari, disk, stopping.aborted || teardown.begun));
  // Another node would be refused as well, and calls out may still go: no reason to take this one out of service.
  const warnings = (): string[] =>
    bundled?.registration?.refused === true ? ["trunk_registration_refused"] : [];
  const ops = await listenOps({ troubles, warnings }, config.opsPort);
  teardown.add("health", () => ops.close());
  stopping.throwIfAborted();

  const webhooks = new WebhookDeliverer({ store, clock, log, allowPrivate: config.webhookAllowPrivate });
  teardown.add("webhooks", () => webhooks.stop());
  webhooks.start();
  const pruner = new Pruner({
    store,
    clock,
    log,
    eventRetentionMs: config.eventRetentionDays * DAY_MS,
    ...(config.verificationRetentionDays === undefined
      ? {}
      : { verificationRetentionMs: config.verificationRetentionDays * DAY_MS }),
  });
  teardown.add("the pruner", () => pruner.stop());
  pruner.start();

  teardown.add("deadlines", () => {
    deadlines.stop();
  });
  // Last in, first undone: while calls finish, results can still be asked for.
  let drainMs = config.drainSeconds * 1000;
  const drain = async (): Promise<void> => {
    await Promise.all([dialer.drain(drainMs), inbound.drain(drainMs)]);
  };
  teardown.add("calls", drain, () => drainMs + DRAIN_SPARE_MS);
  await dialer.start();
  stopping.throwIfAborted();
  await inbound.start();
  stopping.throwIfAborted();
  await deadlines.start();
  stopping.throwIfAborted();
  log.info("honnin is ready", {
    api: httpsUrl(config.apiHost, api.port),
    ops: ops.port,
    sip: bundled?.sipPort,
  });
  return {
    apiUrl: httpsUrl(reachableHost(config.apiHost), api.port),
    opsPort: ops.port,
    certFile: tls.certFile,
    sipPort: bundled?.sipPort ?? config.sipPort,
    testPhones: bundled?.testPhones ?? [],
    calls,
    asteriskPid: () => bundled?.pid ?? null,
    channels: async () => (await ari.listChannels()).map((channel) => channel.name),
    stop: async (ms) => {
      drainMs = ms ?? drainMs;
      await teardown.run();
    },
  };
}

function prepareBundled(
  config: Config,
  log: Logger,
  soundsDir: string,
): ReturnType<typeof prepareBundledAsterisk> {
  return prepareBundledAsterisk({
    dataDir: config.dataDir,
    projectDir: PROJECT_DIR,
    soundsDir,
    sipHost: config.sipHost,
    sipPort: config.sipPort,
    trunk:
      config.trunkUri === undefined
        ? null
        : {
            uri: config.trunkUri,
            ...(config.trunkUsername === undefined ? {} : { username: config.trunkUsername }),
            ...(config.trunkPassword === undefined ? {} : { password: config.trunkPassword }),
            ...(config.trunkAuthUsername === undefined ? {} : { authUsername: config.trunkAuthUsername }),
            register: config.trunkRegister,
            addresses: config.trunkAddresses,
          },
    dids: config.dids,
    testPhones: config.testPhones.length > 0,
    maxCalls: config.trunkMaxCalls + SPARE_CALLS,
    sipTimers: { t1Ms: config.sipTimerT1Ms, bMs: config.sipTimerBMs },
    progress: (line) => {
      log.info(line);
    },
    log: (level, line) => {
      log[level](line, { from: "asterisk" });
    },
  });
}

function callSettings(config: Config, tariff: Tariff): CallParts["settings"] {
  return {
    callerId: config.callerNumber ?? null,
    ringMs: config.ringSeconds * 1000,
    redialPauseMs: config.redialPauseSeconds * 1000,
    maxConversationMs: config.maxConversationSeconds * 1000,
    conversation: {
      firstKeyMs: config.firstKeySeconds * 1000,
      nextKeyMs: config.nextKeySeconds * 1000,
      silencesForgiven: 2,
    },
    limits: {
      maxConsecutiveFailures: config.maxConsecutiveFailures,
      failureLockMs: config.failureLockHours * HOUR_MS,
      maxWrongPins: config.maxWrongPins,
      fraudBlockMs: config.fraudBlockHours * HOUR_MS,
      calls: callLimits(config, callPrices(tariff)),
    },
  };
}
