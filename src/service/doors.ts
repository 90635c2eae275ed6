import { Admission } from "../http/admission.js";
import { createApi } from "../http/app.js";
import { createEventUpgrade } from "../http/event-upgrade.js";
import { listenOps, type Trouble } from "../http/ops.js";
import { type ApiServer, listen } from "../http/server.js";
import { Certificate } from "../http/certificate.js";
import { loadTlsPair } from "../http/tls.js";
import { WrongKeys } from "../http/wrong-keys.js";
import { VERSION } from "../project-dir.js";
import type { Store } from "../store/store.js";
import { dialString } from "../telephony/route.js";
import type { AsteriskLink } from "./asterisk-link.js";
import type { FreeDisk } from "./free-disk.js";
import { troublesOf } from "./readiness.js";
import type { Running } from "./running.js";
import type { TelephoneSide } from "./telephone-side.js";

export interface Doors {
  readonly api: ApiServer;
  /** On loopback. */
  readonly opsPort: number;
  readonly certificate: Certificate;
}

/** Opens the API, the streams of events, and health. */
export async function openDoors(
  running: Running,
  store: Store,
  link: AsteriskLink,
  { dialer }: TelephoneSide,
  disk: FreeDisk,
): Promise<Doors> {
  const { settings, log, clock, teardown, stopping } = running;
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
    version: VERSION,
    dids: settings.dids,
    accepting: () => !dialer.draining,
    diskHasRoom: () => disk.hasRoom,
    canCall: (number) => dialString(number, settings.routes) !== null,
  });
  const live = createEventUpgrade({ store, clock, log, admission });
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
  const troubles = (): Promise<Trouble[]> =>
    Promise.resolve(troublesOf(link.ari, disk, stopping.aborted || teardown.begun));
  // Another node would be refused as well, and calls out may still go: no reason to take this one out of service.
  const warnings = (): string[] =>
    link.bundled?.registrations.some(({ refused }) => refused) === true ? ["trunk_registration_refused"] : [];
  const ops = await listenOps({ troubles, warnings }, settings.opsPort);
  teardown.add("health", () => ops.close());
  stopping.throwIfAborted();
  return { api, opsPort: ops.port, certificate };
}
