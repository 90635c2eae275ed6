import { Admission } from "../http/admission.js";
import { createApi } from "../http/app.js";
import { createEventUpgrade } from "../http/event-upgrade.js";
import { type Health, listenOps, type Trouble } from "../http/ops.js";
import { type ApiServer, listen } from "../http/server.js";
import { loadTlsPair, type TlsPair } from "../http/tls.js";
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
  readonly tls: TlsPair;
  readonly health: Health;
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
  const tls = await loadTlsPair(settings.dataDir, tlsCert, tlsKey, clock());
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
  const api = await listen(app, tls, host, port, live.upgrade, connections);
  teardown.add("the API", () => api.close());
  teardown.add("the event streams", () => live.close());
  stopping.throwIfAborted();
  const troubles = (): Promise<Trouble[]> =>
    Promise.resolve(troublesOf(link.ari, disk, stopping.aborted || teardown.begun));
  // Another node would be refused as well, and calls out may still go: no reason to take this one out of service.
  const warnings = (): string[] =>
    link.bundled?.registrations.some(({ refused }) => refused) === true ? ["trunk_registration_refused"] : [];
  const health = { troubles, warnings };
  const ops = await listenOps(health, settings.opsPort);
  teardown.add("health", () => ops.close());
  stopping.throwIfAborted();
  return { api, opsPort: ops.port, tls, health };
}
