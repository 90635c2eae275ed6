import type { Browser, CDPSession, Page } from "playwright-core";
import { ConsolePage } from "../../browser/console-pages.js";
import { percentile } from "../percentiles.js";
import { tenth } from "../figures.js";

/** What a page did while it was watched. */
export interface Watched {
  readonly seconds: number;
  /** Between two frames, ms. */
  readonly frames: {
    readonly count: number;
    readonly p50: number;
    readonly p95: number;
    readonly max: number;
  };
  /** Tasks of more than 50 ms, in which nobody is answered. */
  readonly longTasks: { readonly count: number; readonly longest: number };
  /** Of one core, per cent. */
  readonly cpu: { readonly page: number; readonly script: number; readonly layout: number };
  /** Received by the WebSocket. */
  readonly messages: number;
  readonly bytes: number;
  readonly rows: number;
}

/** Hears frames and long tasks from now on; in the page, where nothing of the test's runs between them. */
const OBSERVE = `
  window.seen = { frames: [], tasks: [] };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.seen.tasks.push(duration);
  }).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    window.seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
`;

interface Seen {
  readonly frames: readonly number[];
  readonly tasks: readonly number[];
}

/** Opens the page of the moment as somebody who is logged in, and watches it. */
export async function watchFrames(
  browser: Browser,
  origin: string,
  token: string | undefined,
  { rows, seconds, settle }: { readonly rows: number; readonly seconds: number; readonly settle: () => void },
): Promise<Watched> {
  const window = await ConsolePage.open(browser, origin);
  try {
    await window.enter(token);
    const { page } = window;
    const devtools = await window.context.newCDPSession(page);
    await devtools.send("Performance.enable");
    await devtools.send("Network.enable");
    let [messages, bytes] = [0, 0];
    devtools.on("Network.webSocketFrameReceived", ({ response }) => {
      messages += 1;
      bytes += Buffer.byteLength(response.payloadData);
    });
    await window.goto("/now");
    await page
      .locator("table.calls tbody tr")
      .nth(rows - 1)
      .waitFor();
    settle();
    // A second for what comes once: the whole picture, and machine code.
    await pause(page, 3_000);
    const before = await metricsOf(devtools);
    [messages, bytes] = [0, 0];
    await page.evaluate(OBSERVE);
    await pause(page, seconds * 1_000);
    const seen = await page.evaluate<Seen>("window.seen");
    const after = await metricsOf(devtools);
    const spent = (name: string): number => {
      const time = (after.get("Timestamp") ?? 0) - (before.get("Timestamp") ?? 0);
      return tenth((100 * ((after.get(name) ?? 0) - (before.get(name) ?? 0))) / time);
    };
    return {
      seconds,
      frames: {
        count: seen.frames.length,
        p50: tenth(percentile(seen.frames, 50)),
        p95: tenth(percentile(seen.frames, 95)),
        max: tenth(Math.max(...seen.frames)),
      },
      longTasks: { count: seen.tasks.length, longest: Math.round(Math.max(0, ...seen.tasks)) },
      cpu: {
        page: spent("TaskDuration"),
        script: spent("ScriptDuration"),
        layout: tenth(spent("LayoutDuration") + spent("RecalcStyleDuration")),
      },
      ...{ messages, bytes },
      rows: await page.locator("table.calls tbody tr").count(),
    };
  } finally {
    await window.close();
  }
}

async function pause(page: Page, ms: number): Promise<void> {
  await page.evaluate(`new Promise((resolve) => setTimeout(resolve, ${ms}))`);
}

async function metricsOf(devtools: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return new Map(metrics.map(({ name, value }) => [name, value]));
}
