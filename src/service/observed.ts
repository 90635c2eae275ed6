import { AsteriskMetrics } from "../metrics/asterisk-metrics.js";
import { watchService } from "../metrics/service-metrics.js";
import { watchStore } from "../metrics/store-metrics.js";
import { watchStored } from "../metrics/stored-metrics.js";
import type { Membership } from "../nodes/membership.js";
import { VERSION } from "../project-dir.js";
import type { Store } from "../store/store.js";
import type { AsteriskLink } from "./asterisk-link.js";
import type { Doors } from "./doors.js";
import type { FreeDisk } from "./free-disk.js";
import type { Running } from "./running.js";
import type { TelephoneSide } from "./telephone-side.js";

/** What metrics look at, of the parts of a service. */
interface Observed {
  readonly store: Store;
  readonly link: AsteriskLink;
  readonly telephones: TelephoneSide;
  readonly disk: FreeDisk;
  readonly doors: Doors;
  readonly membership: Membership;
}

/** Counts what is committed, from the first moment on. */
export function countStored({ metrics }: Running, store: Store): void {
  watchStore(metrics.registry, store);
  store.hints.on("event", (events) => {
    metrics.verifications.told(events);
  });
}

/** Adds what is looked at when somebody asks, once all parts are there. */
export function observe(
  running: Running,
  { store, link, telephones, disk, doors, membership }: Observed,
): void {
  const { settings, clock, metrics } = running;
  const { registry } = metrics;
  const { dialer, inbound } = telephones;
  const { ari, bundled } = link;
  metrics.ari.watch(ari);
  watchService(registry, {
    version: VERSION,
    asteriskVersion: bundled?.version ?? "own",
    clock,
    troubles: doors.health.troubles,
    warnings: doors.health.warnings,
    calls: () => ({ outbound: dialer.callsInProgress, inbound: inbound.callsInProgress }),
    linesMax: settings.dialing.maxCalls,
    waits: () => dialer.waits.values(),
    waitingSince: () => dialer.waitingSince,
    owedWrites: () => telephones.owedWrites,
    listeners: doors.listeners,
    certificateEnd: () => doors.certificate.end,
    diskFree: () => disk.free,
    diskFloor: settings.minFreeDisk,
  });
  metrics.nodes.watch({ store, clock, isSteward: () => membership.hasDuty });
  watchStored(registry, {
    ...{ store, clock },
    budget: settings.calls.limits.calls.budget,
    bytes: () => store.meter.bytes(),
  });
  if (bundled === null) return;
  const { ask, registrations, supervisor } = bundled;
  const trunks = settings.trunks.map((trunk) => trunk.name);
  const source = {
    ask,
    registrations: () => registrations.map(({ name, taken, refused }) => ({ trunk: name, taken, refused })),
  };
  const asterisk = new AsteriskMetrics(registry, source, trunks);
  supervisor.on("exited", asterisk.ended);
}
