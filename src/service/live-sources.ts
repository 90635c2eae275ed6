import type { LiveSources } from "../console/live/live-sources.js";
import type { Certificate } from "../http/certificate.js";
import type { AsteriskLink } from "./asterisk-link.js";
import type { FreeDisk } from "./free-disk.js";
import type { Running } from "./running.js";
import type { TelephoneSide } from "./telephone-side.js";

/** What the console shows of this moment, of the parts that know it. */
export function liveSources(
  { settings, teardown, stopping }: Running,
  { ari, bundled }: AsteriskLink,
  telephones: TelephoneSide,
  disk: FreeDisk,
  certificate: Certificate,
): LiveSources {
  const { dialer, events } = telephones;
  const { trunks, dialing } = settings;
  return {
    onCall: (tell) => {
      events.on("call", tell);
      return () => events.off("call", tell);
    },
    lines: () => ({ inUse: dialer.callsInProgress, max: dialing.maxCalls }),
    waits: () => dialer.waits,
    service: () => {
      if (stopping.aborted || teardown.begun || dialer.draining) return "stopping";
      return telephones.started ? "running" : "starting";
    },
    asterisk: () => (ari.up ? "up" : ari.replaced ? "replaced" : "down"),
    trunk: () => {
      if (trunks.length === 0) return "none";
      if (!trunks.some(({ register }) => register)) return "unregistered";
      const registrations = bundled?.registrations ?? [];
      if (registrations.some(({ refused }) => refused)) return "refused";
      const isTaken = registrations.length > 0 && registrations.every(({ taken }) => taken);
      return isTaken ? "registered" : "unknown";
    },
    disk: () => disk,
    get certificateEnd() {
      return certificate.end;
    },
  };
}
