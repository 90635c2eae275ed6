import { Admission } from "../http/admission.js";
import { createApi } from "../http/app.js";
import { createEventUpgrade } from "../http/event-upgrade.js";
import { type Health, listenOps, type Trouble } from "../http/ops.js";
import { type ApiServer, listen } from "../http/server.js";
import { Certificate } from "../http/certificate.js";
import { loadTlsPair } from "../http/tls.js";
import { WrongKeys } from "../http/wrong-keys.js";
import { VERSION } from "../project-dir.js";
import type { Membership } from "../nodes/membership.js";
import type { Store } from "../store/store.js";
import { dialString } from "../telephony/route.js";
import { DAY_MS } from "../verification/durations.js";
import type { AsteriskLink } from "./asterisk-link.js";
import type { FreeDisk } from "./free-disk.js";
import { DatabaseLook } from "./database-look.js";
import { type ReadinessParts, troublesOf } from "./readiness.js";
import type { MessageSide } from "./message-side.js";
import type { Running } from "./running.js";
import type { TelephoneSide } from "./telephone-side.js";

export interface Doors {
  readonly api: ApiServer;
  /** On loopback. */
  readonly opsPort: number;
  readonly certificate: Certificate;
  /** Open streams of events. */
  readonly listeners: () => number;
  readonly health: Health;
}

/** A certificate that somebody has to renew by hand takes days; seconds. */
const NEAR_END_DAYS = 14;

/** Opens the API, the streams of events, and health. */
export async function openDoors(
  running: Running,
  store: Store,
  link: AsteriskLink,
  telephones: TelephoneSide,
  messages: MessageSide,
  disk: FreeDisk,
  membership: Membership,
): Promise<Doors> {
  const { settings, log, clock, metrics, teardown, stopping } = running;
  const wrongKeys = new WrongKeys(clock, log);
  teardown.add("wrong keys", () => {
    wrongKeys.tell();
  });
  const admission = new Admission(store, clock, wrongKeys);
  const { tlsCert, tlsKey } = settings.api.tls;
  const read = (): ReturnType<typeof loadTlsPair> => loadTlsPair(settings.dataDir, tlsCert, tlsKey, clock());
  const certificate = await Certificate.open(read, log);
  stopping.throwIfAborted();
  const app = createApi({
    ...{ store, clock, log, admission },
    limits: settings.calls.limits,
    outboundAllow: settings.outboundAllow,
    tariff: settings.tariff,
    receipts: settings.receipts,
    version: VERSION,
    dids: settings.dids,
    payees: telephones.payees,
    accepting: () => !telephones.dialer.draining,
    diskHasRoom: () => disk.hasRoom,
    smsAvailable: () => messages.available,
    ...(messages.reports && { smsReports: messages.reports }),
    canCall: (number) => dialString(number, settings.routes) !== null,
    onAnswered: metrics.http.onApi,
  });
  const live = createEventUpgrade({ store, clock, log, admission, onRefused: metrics.http.onRefused });
  const { host, port, connections } = settings.api;
  const api = await listen(app, certificate.pair, host, port, live.upgrade, connections);
  teardown.add("the API", () => api.close());
  certificate.onRenewal((pair) => {
    api.renew(pair);
  });
  certificate.start();
  teardown.add("the look at the certificate", () => {
    certificate.stop();
  });
  teardown.add("the event streams", () => live.close());
  stopping.throwIfAborted();
  const look = new DatabaseLook(store, clock);
  const readiness: ReadinessParts = {
    ari: link.ari,
    disk,
    stopping: () => stopping.aborted || teardown.begun || membership.isDrained,
    fenced: () => membership.isFenced,
    started: () => telephones.started,
    commits: () => look.commits(),
  };
  const troubles = (): Promise<Trouble[]> => troublesOf(readiness);
  // Another node would be refused as well, and calls out may still go: no reason to take this one out of service.
  const warnings = (): string[] => [
    ...(link.bundled?.registrations.some(({ refused }) => refused) === true
      ? ["trunk_registration_refused"]
      : []),
    ...(certificate.end - clock() < NEAR_END_DAYS * DAY_MS ? ["certificate_near_end"] : []),
  ];
  const health = { troubles, warnings };
  const ops = await listenOps({ ...health, metrics: metrics.registry }, settings.opsPort);
  teardown.add("health", () => ops.close());
  stopping.throwIfAborted();
  return { api, opsPort: ops.port, certificate, listeners: () => live.listeners, health };
}
