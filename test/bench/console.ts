import path from "node:path";
import { setUp } from "../cli/honnin-command.js";
import { startChromium } from "../browser/chromium.js";
import { ConsoleFixture } from "../console/console-fixture.js";
import type { Bench, Table } from "./bench.js";
import { measureEventIndex } from "./console/event-index.js";
import { fillStore } from "./console/filled-store.js";
import { watchFrames } from "./console/frames.js";
import { MovingCalls } from "./console/moving-calls.js";
import { measureSearches, measureStatistics } from "./console/searches.js";
import { count, tenth } from "./figures.js";

const AT_ONCE = 300;
const STORED = 1_000_000;
const SECONDS = 30;

export const console_: Bench = {
  name: "console",
  title: "The console: many calls on the page of the moment, many verifications behind it",
  run: async ({ atOnce = AT_ONCE, stored = STORED, progress }) => {
    await setUp();
    const page = await measurePage(atOnce, progress);
    const behind = await measureStored(stored, progress);
    progress("  events with and without their index");
    const index = await measureEventIndex();
    return {
      notes: [
        `The page of the moment in Chromium without a screen, for ${SECONDS} s: ${atOnce} calls of 24 s that are told of as the telephones tell it, each stored, and followed by another when it ends. The service runs in the same process as the bench.`,
        `Then ${count(stored)} ended verifications with their calls, of five clients and the past 92 days, searched one after another; each kind a hundred times, never for the same.`,
        "Wanted: a frame every 16.7 ms, no task of more than 50 ms, searches within 200 ms (p95).",
      ],
      tables: [page, ...behind, index],
    };
  },
};

async function measurePage(atOnce: number, progress: (line: string) => void): Promise<Table> {
  const moving = await MovingCalls.start(atOnce);
  const chromium = await startChromium();
  try {
    const { browser } = await moving.fixture.person("suzuki", "viewer");
    let [cpu, happened] = [process.cpuUsage(), 0];
    const watched = await watchFrames(chromium.browser, moving.fixture.origin, browser.token, {
      rows: atOnce,
      seconds: SECONDS,
      settle: () => {
        moving.move();
        [cpu, happened] = [process.cpuUsage(), moving.happened];
      },
    });
    const { user, system } = process.cpuUsage(cpu);
    const { seconds, frames, longTasks, messages, bytes } = watched;
    const service = (user + system) / 1e6 / (seconds + 3);
    progress(`  ${watched.rows} rows, a frame every ${frames.p50} ms, p95 ${frames.p95} ms`);
    return {
      title: `${atOnce} calls on the page of the moment`,
      columns: ["", ""],
      rows: [
        ["calls shown at the end, those that have just ended among them", watched.rows],
        ["happenings a second", tenth((moving.happened - happened) / (seconds + 3))],
        ["frames a second", tenth(frames.count / seconds)],
        ["between two frames, ms: p50 / p95 / max", `${frames.p50} / ${frames.p95} / ${frames.max}`],
        ["tasks of more than 50 ms; the longest", `${longTasks.count}; ${longTasks.longest} ms`],
        ["CPU of the page, % of a core", watched.cpu.page],
        ["of it script / style and layout", `${watched.cpu.script} / ${watched.cpu.layout}`],
        ["CPU of the service with the bench, % of a core", tenth(100 * service)],
        ["WebSocket messages a second", tenth(messages / seconds)],
        ["WebSocket KiB a second", tenth(bytes / 1024 / seconds)],
      ],
    };
  } finally {
    await chromium.stop();
    await moving.stop();
  }
}

async function measureStored(stored: number, progress: (line: string) => void): Promise<Table[]> {
  const fixture = await ConsoleFixture.start();
  try {
    fixture.now = Date.now();
    // <data>/tls/cert.pem
    const dataDir = path.dirname(path.dirname(fixture.certFile));
    progress(`  storing ${count(stored)}`);
    await fillStore(fixture.store, dataDir, stored, fixture.now);
    const person = await fixture.person("suzuki", "viewer");
    progress("  searching");
    const searches = await measureSearches(fixture, person, stored);
    progress("  statistics");
    return [searches, await measureStatistics(person)];
  } finally {
    await fixture.stop();
  }
}
