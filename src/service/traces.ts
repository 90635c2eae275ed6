import { VERSION } from "../project-dir.js";
import type { Store } from "../store/store.js";
import type { CallEvents } from "../telephony/call-events.js";
import { VerificationTraces } from "../tracing/verification-traces.js";
import type { Running } from "./running.js";

/** Tells a collector of each verification that has ended, where one is named. */
export async function tellTraces(
  { settings, clock, teardown }: Running,
  store: Store,
  calls: CallEvents,
): Promise<void> {
  const { tracesUrl } = settings;
  if (tracesUrl === undefined) return;
  const { otlpTraces } = await import("../tracing/otlp-traces.js");
  const sink = otlpTraces(tracesUrl, { version: VERSION, node: settings.node });
  teardown.add("the traces", () => sink.close());
  const traces = new VerificationTraces(sink, clock);
  store.hints.on("event", (events) => {
    traces.told(events);
  });
  calls.on("call", (event) => {
    traces.happened(event);
  });
}
