import type { LiveSources } from "../../src/console/live/live-sources.js";

/** Of a service on which nothing happens, and which is well. */
export const QUIET: LiveSources = {
  onCall: () => () => undefined,
  lines: () => ({ inUse: 0, max: 30 }),
  waits: () => new Map(),
  service: () => "running",
  asterisk: () => "up",
  trunk: () => "registered",
  disk: () => ({ hasRoom: true, free: 50_000_000_000 }),
  certificateEnd: Date.parse("2027-11-27T06:00:00Z"),
};
