import type { ConsoleFixture, Person } from "../../console/console-fixture.js";
import { DAY_MS } from "../../../src/verification/durations.js";
import { percentile } from "../percentiles.js";
import { tenth } from "../figures.js";
import type { Table } from "../bench.js";
import { CLIENT_IDS, idOf, numberOf } from "./filled-store.js";

const EACH = 100;

type Body = Readonly<Record<string, unknown>>;

/** What people look for; each time another. */
function searches(
  count: number,
  now: number,
): readonly (readonly [what: string, body: (nth: number) => Body])[] {
  const some = (nth: number): number => (nth * 104_729) % count;
  const client = (nth: number): string => CLIENT_IDS[nth % CLIENT_IDS.length] ?? "";
  const days = (nth: number, length: number): Body => {
    const from = now - (2 + (nth % 80)) * DAY_MS;
    return { from: new Date(from).toISOString(), to: new Date(from + length * DAY_MS).toISOString() };
  };
  return [
    ["the newest of all clients", () => ({})],
    ["a whole number", (nth) => ({ number: numberOf(some(nth), count) })],
    ["a number that is not there", (nth) => ({ number: `+8180${20_000_000 + nth}` })],
    ["an id", (nth) => ({ id: idOf(some(nth)) })],
    [
      "one client, verified, of a day",
      (nth) => ({ client: client(nth), status: "verified", ...days(nth, 1) }),
    ],
    ["one client, expired, of a day", (nth) => ({ client: client(nth), status: "expired", ...days(nth, 1) })],
    [
      "one client, wrong code, of a week",
      (nth) => ({ client: client(nth), reason: "wrong_code", ...days(nth, 7) }),
    ],
    ["all clients, failed, of a day", (nth) => ({ status: "failed", ...days(nth, 1) })],
    ["all clients, open ones", () => ({ status: "in_progress" })],
  ];
}

/** Searches as the page does, one after another, by the console's HTTP. */
export async function measureSearches(
  { now }: Pick<ConsoleFixture, "now">,
  { browser }: Pick<Person, "browser">,
  count: number,
): Promise<Table> {
  const rows: (string | number)[][] = [];
  for (const [what, body] of searches(count, now)) {
    const times: number[] = [];
    let found = 0;
    for (let nth = 0; nth < EACH; nth += 1) {
      const begun = performance.now();
      const { status, json } = await browser.post("/api/verifications/search", body(nth));
      times.push(performance.now() - begun);
      if (status !== 200) throw new Error(`${what}: ${status}`);
      found += (json["verifications"] as unknown[]).length;
    }
    rows.push([what, tenth(found / EACH), ...[50, 95, 100].map((part) => tenth(percentile(times, part)))]);
  }
  return {
    title: "Searches, by the console's HTTPS",
    columns: ["what", "found, mean of a page", "p50 ms", "p95 ms", "max ms"],
    rows,
  };
}

const STATISTICS = [
  ["92 days, all clients", "step=day&steps=92"],
  ["92 days, one client", `step=day&steps=92&client=${CLIENT_IDS[0] ?? ""}`],
  ["31 days, all clients", "step=day&steps=31"],
  ["7 days by hour, all clients", "step=hour&steps=168"],
  ["24 hours, all clients", "step=hour&steps=24"],
] as const;

/** The first time, and when it is asked again. */
export async function measureStatistics({ browser }: Pick<Person, "browser">): Promise<Table> {
  const rows: (string | number)[][] = [];
  for (const [what, query] of STATISTICS) {
    const times: number[] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      const begun = performance.now();
      const { status } = await browser.get(`/api/statistics?${query}`);
      times.push(Math.round(performance.now() - begun));
      if (status !== 200) throw new Error(`${what}: ${status}`);
    }
    rows.push([what, ...times]);
  }
  return { title: "Statistics", columns: ["what", "first ms", "again ms"], rows };
}
