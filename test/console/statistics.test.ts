import { expect } from "chai";
import type { Statistics } from "../../src/console/contract/statistics.js";
import { ConsoleFixture, type Person } from "./console-fixture.js";
import { insertCall, insertClients } from "./stored-calls.js";

/** In Japan. */
const at = (time: string): number => Date.parse(`2026-11-${time}+09:00`);

describe("statistics of the console", () => {
  let fixture: ConsoleFixture;
  let sato: Person;

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
    fixture.now = at("27T15:20:00");
    sato = await fixture.person("sato", "viewer");
    await insertClients(fixture.store, "acme", "other");
  });
  afterEach(() => fixture.stop());

  const ask = async (query = ""): Promise<Statistics> => {
    const { status, json } = await sato.browser.get(`/api/statistics${query}`);
    expect(status, JSON.stringify(json)).to.equal(200);
    return json as unknown as Statistics;
  };
  const point = (answer: Statistics, time: string): Statistics["points"][number] =>
    answer.points.find(({ from }) => Date.parse(from) === at(time))!;

  it("count 24 hours of Japan, the current one last, and those in which nothing was registered", async () => {
    const { step, from, to, points, trunk_max_calls, clients } = await ask();
    expect([step, Date.parse(from), Date.parse(to), points.length, trunk_max_calls]).to.deep.equal([
      ...["hour", at("26T16:00:00"), at("27T16:00:00")],
      ...[24, 30],
    ]);
    expect(clients).to.deep.equal([
      { id: "cli_acme", name: "acme" },
      { id: "cli_other", name: "other" },
    ]);
    for (const one of points) {
      expect(one).to.deep.include({
        statuses: { pending: 0, in_progress: 0, verified: 0, failed: 0, expired: 0, canceled: 0 },
        ...{ reasons: {}, wrong_codes: 0, calls: {}, to_answer: null, to_verdict: null },
        most_calls: { outbound: 0, inbound: 0 },
      });
    }
  });

  it("sort what was stored into the hours of its registration, by how it ended", async () => {
    const { store } = fixture;
    const call = { begins: 0, answered: 4_000, ends: 30_000 };
    for (const [nth, answered] of [2_000, 4_000, 9_000].entries()) {
      const verified = { at: at(`27T14:0${nth}:00`), entries: nth + 1, endsAfter: 20_000 + answered };
      await insertCall(store, { ...verified, call: { ...call, answered } });
    }
    const failed = { at: at("27T14:59:59"), status: "failed", entries: 0 } as const;
    await insertCall(store, {
      ...failed,
      reason: "no_answer",
      lineType: "fixed",
      call: { begins: 0, ends: 9_000 },
    });
    await insertCall(store, { ...failed, reason: "fraud_reported", lineType: "ip", call });
    await insertCall(store, { ...failed, reason: "wrong_code", entries: 3, lineType: "fixed", call });
    await insertCall(store, { ...failed, status: "expired" });
    await insertCall(store, { ...failed, status: "canceled" });
    // One that rings is none of which is known whether it will be answered.
    const open = { at: at("27T15:19:50"), status: "in_progress", entries: 0, endsAfter: null } as const;
    await insertCall(store, { ...open, call: { begins: 0, ends: null } });
    // Inbound: answered by us, which says nothing of people.
    await insertCall(store, {
      at: at("27T13:00:00"),
      direction: "inbound",
      call: { begins: 0, answered: 0, ends: 5 },
    });
    const answer = await ask();
    expect(point(answer, "27T14:00:00")).to.deep.include({
      statuses: { pending: 0, in_progress: 0, verified: 3, failed: 3, expired: 1, canceled: 1 },
      reasons: { no_answer: 1, fraud_reported: 1, wrong_code: 1 },
      wrong_codes: 6,
      calls: {
        mobile: { made: 3, answered: 3 },
        fixed: { made: 2, answered: 1 },
        ip: { made: 1, answered: 1 },
      },
      to_answer: { median: 4_000, p95: 9_000 },
      to_verdict: { median: 29_000, p95: 30_000 },
    });
    expect(point(answer, "27T15:00:00")).to.deep.include({ calls: {}, to_answer: null });
    expect(point(answer, "27T15:00:00").statuses.in_progress).to.equal(1);
    expect(point(answer, "27T13:00:00")).to.deep.include({
      ...{ calls: {}, to_answer: null },
      most_calls: { outbound: 0, inbound: 1 },
    });
  });

  it("count calls at one time in every hour in which they last, those that began before the span too", async () => {
    const { store } = fixture;
    const long = { begins: 0, answered: 1, ends: 120_000 };
    await insertCall(store, { at: at("27T13:59:00"), call: long });
    await insertCall(store, { at: at("27T13:59:30"), call: { ...long, ends: 30_000 } });
    await insertCall(store, { at: at("27T14:00:00"), call: long });
    await insertCall(store, {
      at: at("27T15:19:00"),
      status: "in_progress",
      call: { begins: 0, ends: null },
    });
    await insertCall(store, { at: at("26T15:59:30"), call: long });
    const most = (answer: Statistics): number[] => answer.points.map(({ most_calls }) => most_calls.outbound);
    const all = most(await ask());
    expect(all.slice(-4)).to.deep.equal([0, 2, 2, 1]);
    expect(all[0]).to.equal(1);
  });

  it("turn the day at midnight of Japan", async () => {
    await insertCall(fixture.store, { at: at("26T23:59:59") });
    await insertCall(fixture.store, { at: at("27T00:00:00") });
    await insertCall(fixture.store, { at: at("27T08:59:59"), status: "expired" });
    const days = await ask("?step=day&steps=92");
    expect(days.points).to.have.length(92);
    expect([days.points[91]?.from, days.points[91]?.to]).to.deep.equal([
      "2026-11-26T15:00:00.000Z",
      "2026-11-27T15:00:00.000Z",
    ]);
    const ends = days.points.slice(-2).map(({ statuses }) => [statuses.verified, statuses.expired]);
    expect(ends).to.deep.equal([
      [1, 0],
      [1, 1],
    ]);
    const hours = await ask("?step=hour&steps=24");
    expect(point(hours, "26T23:00:00").statuses.verified).to.equal(1);
    expect(point(hours, "27T00:00:00").statuses.verified).to.equal(1);
  });

  it("are of one client where one is named, and end where it is said", async () => {
    await insertCall(fixture.store, { at: at("27T10:00:00"), call: { begins: 0, answered: 9, ends: 99 } });
    await insertCall(fixture.store, { at: at("27T10:00:00"), client: "cli_other", status: "canceled" });
    const sum = (answer: Statistics): number[] => {
      const { statuses, most_calls } = point(answer, "27T10:00:00");
      return [statuses.verified, statuses.canceled, most_calls.outbound];
    };
    expect(sum(await ask())).to.deep.equal([1, 1, 1]);
    expect(sum(await ask("?client=cli_acme"))).to.deep.equal([1, 0, 1]);
    expect(sum(await ask("?client=cli_other"))).to.deep.equal([0, 1, 0]);
    const earlier = await ask("?steps=3&until=2026-11-27T02:00:00Z");
    expect([earlier.from, earlier.to]).to.deep.equal([
      "2026-11-26T23:00:00.000Z",
      "2026-11-27T02:00:00.000Z",
    ]);
    expect(sum(earlier)).to.deep.equal([1, 1, 1]);
    const later = await ask("?steps=1&until=2027-01-01T00:00:00Z");
    expect(Date.parse(later.to)).to.equal(at("27T16:00:00"));
  });

  it("bear a clock that was set back: what took less than no time is in no time, and all else is counted", async () => {
    const call = { begins: -60_000, answered: -90_000, ends: -100_000 };
    await insertCall(fixture.store, { at: at("27T14:30:00"), endsAfter: -1, call });
    await insertCall(fixture.store, { at: at("27T16:30:00") });
    expect(point(await ask(), "27T14:00:00")).to.deep.include({
      calls: { mobile: { made: 1, answered: 1 } },
      ...{ to_answer: null, to_verdict: null, most_calls: { outbound: 0, inbound: 0 } },
    });
  });

  it("are counted once for ten who ask at once, and for who asks a moment later", async () => {
    await insertCall(fixture.store, { at: at("27T14:00:00") });
    const before = await Promise.all(Array.from({ length: 10 }, () => ask()));
    await insertCall(fixture.store, { at: at("27T14:00:00") });
    for (const answer of [...before, await ask()]) expect(answer).to.deep.equal(before[0]);
    expect(point(await ask("?steps=25"), "27T14:00:00").statuses.verified).to.equal(2);
  });

  for (const query of [
    ...["step=week", "steps=0", "steps=169", "steps=1.5", "steps=", "steps=-1", "steps=24&steps=25"],
    ...["step=day&steps=93", "until=yesterday", "until=2026-11-27", "client=", "colour=red"],
  ]) {
    it(`refuse ${query}`, async () => {
      const { status, json } = await sato.browser.get(`/api/statistics?${query}`);
      expect([status, json["code"]]).to.deep.equal([400, "invalid_request"]);
    });
  }

  it("are of no client that is not there, for nobody who is not logged in", async () => {
    const unknown = await sato.browser.get("/api/statistics?client=cli_none");
    expect([unknown.status, unknown.json["code"]]).to.deep.equal([404, "not_found"]);
    const { status } = await fixture.newBrowser().get("/api/statistics");
    expect(status).to.equal(401);
  });
});
