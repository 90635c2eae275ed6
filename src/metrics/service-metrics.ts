import type { Trouble } from "../http/ops.js";
import type { WaitReason } from "../verification/wait-reason.js";
import { WAIT_REASONS } from "../verification/wait-reason.js";
import type { MetricsRegistry } from "./metrics-registry.js";

/** What the service knows of this moment, asked when somebody asks us; nothing of it costs more than a look. */
export interface ServiceSources {
  readonly version: string;
  /** Of the bundled Asterisk; `own`: it is the user's. */
  readonly asteriskVersion: string;
  readonly clock: () => number;
  readonly troubles: () => Promise<readonly Trouble[]>;
  readonly warnings: () => readonly string[];
  readonly calls: () => { readonly outbound: number; readonly inbound: number };
  readonly linesMax: number;
  /** What each call waits for. */
  readonly waits: () => Iterable<WaitReason>;
  /** Epoch milliseconds. */
  readonly waitingSince: () => number | undefined;
  /** Writes that the database has refused and that are tried again. */
  readonly owedWrites: () => number;
  /** Open streams of events. */
  readonly listeners: () => number;
  /** Epoch milliseconds. */
  readonly certificateEnd: () => number;
  /** Bytes; null: not known. */
  readonly diskFree: () => number | null;
  readonly diskFloor: number;
}

const TROUBLES: readonly Trouble[] = [
  ...(["starting", "draining", "asterisk", "application_replaced", "disk", "fenced", "database"] as const),
];
const WARNINGS = ["trunk_registration_refused", "certificate_near_end"];

export function watchService(registry: MetricsRegistry, sources: ServiceSources): void {
  const { version, asteriskVersion, clock, troubles, warnings } = sources;
  const startedAt = clock();
  let now: readonly Trouble[] = [];
  registry.beforeText(async () => {
    now = await troubles();
  });
  registry.gauges("honnin_build_info", "What runs; its value is 1", ["version", "node", "asterisk"], () => [
    { labels: { version, node: process.version, asterisk: asteriskVersion }, value: 1 },
  ]);
  registry.gauge("honnin_start_time_seconds", "When the service was started, epoch", () => startedAt / 1000);
  registry.gauge("honnin_ready", "Whether calls can be made, as /health/ready says", () =>
    Number(now.length === 0),
  );
  registry.gauges("honnin_trouble", "Why calls cannot be made", ["trouble"], () =>
    TROUBLES.map((trouble) => ({ labels: { trouble }, value: Number(now.includes(trouble)) })),
  );
  registry.gauges("honnin_warning", "What needs a hand while calls can be made", ["warning"], () => {
    const there = warnings();
    return WARNINGS.map((warning) => ({ labels: { warning }, value: Number(there.includes(warning)) }));
  });
  watchCalls(registry, sources);
  registry.gauge("honnin_owed_writes", "What happened on calls and waits for a database that refuses", () =>
    sources.owedWrites(),
  );
  registry.gauge("honnin_event_listeners", "WebSockets that listen to events", () => sources.listeners());
  registry.gauge(
    "honnin_certificate_remaining_seconds",
    "Until the certificate of the API runs out; negative: since",
    () => (sources.certificateEnd() - clock()) / 1000,
  );
  registry.gauge("honnin_disk_free_bytes", "Free on the disk that has least, of those written to", () =>
    sources.diskFree(),
  );
  registry.gauge("honnin_disk_floor_bytes", "Below which nothing is registered", () => sources.diskFloor);
}

function watchCalls(registry: MetricsRegistry, sources: ServiceSources): void {
  const { clock } = sources;
  registry.gauges("honnin_calls_in_progress", "Calls that are being made or taken", ["direction"], () =>
    Object.entries(sources.calls()).map(([direction, value]) => ({ labels: { direction }, value })),
  );
  registry.gauge(
    "honnin_lines_in_use",
    "Lines of the trunk that outbound calls take",
    () => sources.calls().outbound,
  );
  registry.gauge("honnin_lines_max", "Outbound calls that there may be at one time", () => sources.linesMax);
  registry.gauges(
    "honnin_queue_calls",
    "Calls that are due and wait, by what they wait for",
    ["reason"],
    () => {
      const counts = new Map<WaitReason, number>(WAIT_REASONS.map((reason) => [reason, 0]));
      for (const reason of sources.waits()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      return [...counts].map(([reason, value]) => ({ labels: { reason }, value }));
    },
  );
  registry.gauge(
    "honnin_queue_oldest_seconds",
    "How long the call waits that has waited longest for a line",
    () => {
      const since = sources.waitingSince();
      return since === undefined ? 0 : Math.max(0, clock() - since) / 1000;
    },
  );
}
