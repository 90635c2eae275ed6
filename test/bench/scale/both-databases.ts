import { tempDir } from "../../support/temp-dir.js";
import { PostgresServer } from "../../support/postgres.js";
import type { BenchOptions, Table } from "../bench.js";
import { honninContender } from "../calls/contenders/honnin.js";
import { TimedTrunk } from "../calls/timed-trunk.js";
import { mean, tenth } from "../figures.js";
import { percentile } from "../percentiles.js";
import { CONNECTIONS, type Requests } from "./requests.js";
import { Side, SIDE_RATE } from "./side.js";

const ROUNDS = 3;
const SECONDS = 5;
const CALLS = 200;
const WEBHOOKS = 600;

interface Sides {
  readonly sqlite: Side;
  readonly postgres: Side;
}

/** One service on SQLite and one on PostgreSQL, both up at the same time and asked in turns. */
export async function compareDatabases({ calls = CALLS, progress }: BenchOptions): Promise<Table[]> {
  const database = await PostgresServer.start();
  const trunk = await TimedTrunk.start();
  const folders = [await tempDir(), await tempDir()] as const;
  const sides: Side[] = [];
  try {
    const [pid = -1] = await database.processes();
    const url = await database.database("empty");
    const webhooks = { HONNIN_WEBHOOK_ALLOW_PRIVATE: "true" };
    const plain = await honninContender(trunk.port, webhooks, folders[0].path);
    const sqlite = await Side.on("SQLite", plain, trunk);
    sides.push(sqlite);
    const settings = { ...webhooks, HONNIN_DATABASE_URL: url };
    const shared = await honninContender(trunk.port, settings, folders[1].path);
    const postgres = await Side.on("PostgreSQL", shared, trunk, { pid, url });
    sides.push(postgres);
    await inRounds(sides, Math.min(calls, CALLS), progress);
    return tables({ sqlite, postgres });
  } finally {
    for (const side of sides) await side.stop();
    await trunk.stop();
    await database.stop();
    for (const folder of folders) await folder.remove();
  }
}

/** In another order each time: what else the machine does meets both alike. */
async function inRounds(
  sides: readonly Side[],
  calls: number,
  progress: (line: string) => void,
): Promise<void> {
  for (const side of sides) await side.warmUp(calls);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      await side.round(SECONDS, calls);
      const rate = (requests: readonly Requests[]): string => (requests.at(-1)?.rate ?? NaN).toFixed(0);
      progress(
        `  ${side.name}, round ${String(round)} of ${String(ROUNDS)}: ` +
          `${rate(side.results)} results, ${rate(side.registrations)} registrations a second`,
      );
    }
  }
  for (const side of [...sides, ...sides.toReversed()]) {
    await side.tellByWebhook(Math.min(WEBHOOKS, calls * 3));
    progress(`  ${side.name}: ${(side.webhooks.at(-1) ?? NaN).toFixed(0)} webhooks a second`);
  }
}

function tables({ sqlite, postgres }: Sides): Table[] {
  const both = [sqlite, postgres] as const;
  const troubles = both.flatMap((side) => side.troubles.map((trouble) => `${side.name}: ${trouble}`));
  return [
    {
      title: `One node on SQLite and on PostgreSQL, in turns, ${String(ROUNDS)} rounds`,
      columns: ["", "SQLite", "PostgreSQL", "PostgreSQL/SQLite"],
      rows: [
        ...requestRows("results", both, ({ results }) => results),
        ...requestRows("registrations", both, ({ registrations }) => registrations),
        bestRow("webhooks a second, of one client", both, ({ webhooks }) => webhooks, "highest"),
        ...latencyRows("POST to 201", both, ({ registered }) => registered),
        ...latencyRows("POST to INVITE", both, ({ invited }) => invited),
        ...latencyRows("last key to committed", both, ({ committed }) => committed),
        ["failed", ...failures(both), troubles.join("; ")],
      ],
    },
    {
      title: `The same: CPU milliseconds, calls at ${String(SIDE_RATE)} a second`,
      columns: ["", "database", "Honnin", "Asterisk", "database server", "together", "PostgreSQL/SQLite"],
      rows: [
        ...costRows("a call", both, ({ callCosts }) => callCosts),
        ...costRows("a registration", both, ({ registrations }) => registrations.map(({ cpu }) => cpu)),
        ...costRows("a registration and its webhook", both, ({ webhookCosts }) => webhookCosts),
        ...costRows("a result", both, ({ results }) => results.map(({ cpu }) => cpu)),
      ],
    },
  ];
}

export const HOW_DATABASES = `One node on SQLite and one on PostgreSQL, each with its Asterisk, both up, on the same two cores, asked in turns. Requests over TLS as fast as they are answered, ${String(CONNECTIONS)} connections kept alive, ${String(SECONDS)} s a round; whoever asks runs on the same cores. Registrations are durable before they are answered, on both. Calls at ${String(SIDE_RATE)} a second: each answered at once, keyed, hung up. "Committed" is up to the event on the WebSocket, which is sent after the commit. Rates and times are those of the best round, for what else the machine does only makes them worse; CPU is the mean of the rounds.`;

type Pair = readonly [Side, Side];
type Row = readonly (string | number)[];

type Best = "highest" | "lowest";

function requestRows(what: string, both: Pair, of: (side: Side) => readonly Requests[]): Row[] {
  const each = (name: string, value: (requests: Requests) => number): Row =>
    bestRow(name, both, (side) => of(side).map(value), "lowest");
  return [
    bestRow(`${what} a second`, both, (side) => of(side).map(({ rate }) => rate), "highest"),
    each(`${what}, p50 ms`, ({ p50 }) => p50),
    each(`${what}, p99 ms`, ({ p99 }) => p99),
  ];
}

function latencyRows(
  what: string,
  both: Pair,
  of: (latencies: Side["latencies"][number]) => readonly number[],
): Row[] {
  return [50, 99].map((rank) => {
    const ofRounds = (side: Side): number[] =>
      side.latencies.map((round) => percentile(of(round).filter(Number.isFinite), rank));
    return bestRow(`${what}, p${String(rank)} ms`, both, ofRounds, "lowest");
  });
}

function bestRow(what: string, both: Pair, of: (side: Side) => readonly number[], best: Best): Row {
  const chosen = best === "highest" ? Math.max : Math.min;
  const [sqlite, postgres] = [chosen(...of(both[0])), chosen(...of(both[1]))];
  const rounded = best === "highest" ? Math.round : tenth;
  return [what, rounded(sqlite), rounded(postgres), (postgres / sqlite).toFixed(2)];
}

function failures(both: Pair): number[] {
  return both.map(({ results, registrations, troubles }) =>
    [...results, ...registrations].reduce((sum, { failed }) => sum + failed, troubles.length),
  );
}

function costRows(
  what: string,
  both: Pair,
  of: (side: Side) => readonly ReadonlyMap<string, number>[],
): Row[] {
  const cost = (side: Side, part: string): number => mean(of(side).map((parts) => parts.get(part) ?? 0));
  const sum = (side: Side): number =>
    ["Honnin", "Asterisk", "database"].reduce((all, part) => all + cost(side, part), 0);
  return both.map((side) => [
    what,
    side.name,
    ...["Honnin", "Asterisk"].map((part) => cost(side, part).toFixed(2)),
    side === both[0] ? "in Honnin" : cost(side, "database").toFixed(2),
    sum(side).toFixed(2),
    side === both[0] ? "" : (sum(side) / sum(both[0])).toFixed(2),
  ]);
}
