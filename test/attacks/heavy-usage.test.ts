import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import path from "node:path";
import { countUsage, type UsageCounts } from "../../src/store/count-usage.js";
import { monthOf } from "../../src/usage/month.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import { figure } from "./figures.js";

const CALLS = 100_000;
const NOW = Date.parse("2026-11-20T12:00:00+09:00");
const INCLUDED = DEFAULT_TARIFF.outbound.included;

describe("a client that asks again and again what a month of many calls has cost", () => {
  let fixture: ApiFixture;

  before(async () => {
    fixture = await startApi(() => NOW);
    fill(path.join(fixture.dataDir, "honnin.db"));
  });
  after(() => fixture.stop());

  it("holds up nobody: the loop turns while a month of 100,000 calls is counted, and the sums are the same", async () => {
    const month = monthOf(NOW);
    const reading = { clientId: "cli_acme", from: month.from, to: month.to, includedCalls: INCLUDED };
    const onLoop = await measured(() => countUsage(fixture.store.read, "cli_acme", month, INCLUDED));
    // A thread that has to begin first is what a first question gets.
    const besideLoop = await measured(() => fixture.store.meter.read(reading));
    figure(`longest delay of the event loop in ms, ${CALLS} calls counted on it`, onLoop.longestMs);
    figure(`the same counted in the meter's thread`, besideLoop.longestMs);
    expect(besideLoop.counts).to.deep.equal(onLoop.counts);
    expect(sum(besideLoop.counts)).to.equal(CALLS);
    expect(onLoop.turns, "turns of the loop while it counted itself").to.be.below(10);
    expect(besideLoop.turns, "turns of the loop while the thread counted").to.be.above(100);
  });

  it("is answered as often as it asks, and another's request in between", async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => fixture.api.get("/v1/usage?month=2026-11")),
      fixture.api.get("/v1/verifications/none"),
    ]);
    expect(answers.map(({ status }) => status)).to.deep.equal([
      ...Array.from({ length: 20 }, () => 200),
      404,
    ]);
    const totals = new Set(answers.slice(0, 20).map(({ json }) => JSON.stringify(json)));
    expect(totals.size).to.equal(1);
  });

  it("is told so when the store is closed under its question", async () => {
    const other = await startApi(() => NOW);
    fill(path.join(other.dataDir, "honnin.db"));
    const { from, to } = monthOf(NOW);
    const asked = other.store.meter.read({ clientId: "cli_acme", from, to, includedCalls: 1 }).then(
      () => "answered",
      (error: unknown) => (error as { code: string }).code,
    );
    await other.stop();
    expect(await asked).to.equal("store_unavailable");
  });
});

interface Measured {
  readonly counts: UsageCounts;
  readonly longestMs: number;
  readonly turns: number;
}

async function measured(count: () => Promise<UsageCounts>): Promise<Measured> {
  let turns = 0;
  let longestMs = 0;
  let last = performance.now();
  let counting = true;
  const turned = new Promise<void>((resolve) => {
    const turn = (): void => {
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last);
      last = now;
      if (!counting) resolve();
      else {
        turns += 1;
        setImmediate(turn);
      }
    };
    setImmediate(turn);
  });
  const counts = await count();
  counting = false;
  await turned;
  return { counts, longestMs: Math.round(longestMs), turns };
}

function sum({ outboundCalls }: UsageCounts): number {
  return outboundCalls.reduce((all, { calls }) => all + calls, 0);
}

/** So many answered calls of one client within the month, of two kinds of line, from the row of a real one. */
function fill(file: string): void {
  const db = new BetterSqlite(file);
  try {
    db.pragma("synchronous = OFF");
    db.exec(`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${CALLS})
      insert into verifications (client_id, id, request_hash, status, number_cipher, number_index, line_type, direction,
        channel, method, locale, code_length, max_code_entries, code_entries, max_call_attempts, attempts_made,
        created_at, expires_at, completed_at, metadata)
      select 'cli_acme', 'v' || i, x'00', 'verified', x'00', randomblob(32), iif(i % 3, 'mobile', 'fixed'), 'outbound',
        'voice', 'keypad', 'ja', 6, 3, 1, 1, 1, ${NOW} - i * 1000, ${NOW}, ${NOW} - i * 1000, '{}' from n;
      insert into attempts (id, verification_seq, direction, started_at, answered_at, ended_at, outcome)
      select 'a' || id, seq, 'outbound', created_at, created_at + abs(random() % 5000), created_at + 20000, 'answered'
        from verifications;
    `);
  } finally {
    db.close();
  }
}
