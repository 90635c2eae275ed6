import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import { now } from "./crowd-call.js";
import { outboxOf, unaccounted, attemptsIn, unlike, verificationsIn } from "./evidence.js";
import { slowPoll } from "./slow-poll.js";
import { Topology } from "./topology.js";
import { stopInTurn } from "./stop-in-turn.js";
import { wrongClock } from "./wrong-clock.js";
import { type Healing, Trial } from "./trial.js";

/** Healed within ten seconds on a machine that has nothing else to do. */
const HEALED_MS = 20_000;
const LATE_MS = 5_000;
const OVER_MS = 120_000;

describe("three nodes to which something happens", function () {
  this.timeout(300_000);
  let topology: Topology;
  let trial: Trial;

  before(async () => {
    topology = await Topology.start({
      settings: {
        HONNIN_TRUNK_MAX_CPS: "20",
        HONNIN_TRUNK_MAX_CALLS: "60",
        HONNIN_RING_SECONDS: "10",
        HONNIN_REDIAL_PAUSE_SECONDS: "1",
        HONNIN_FIRST_KEY_SECONDS: "60",
        HONNIN_SIP_TIMER_T1_MS: "100",
        HONNIN_SIP_TIMER_B_MS: "6400",
      },
    });
    trial = await Trial.on(topology);
    trial.trickle(2.5);
  });

  afterEach(function () {
    // Whatever a test that failed has left behind.
    for (const { gate, service } of topology.nodes) {
      gate.mend();
      service.signal("SIGCONT");
    }
    if (this.currentTest?.state === "failed") console.log(topology.complaints.slice(-20_000));
  });

  after(async () => {
    trial.close();
    console.log(table(trial.healings));
    await topology.stop();
  });

  /** Of the last fault. */
  function expectHealed(): void {
    const last = trial.healings.at(-1);
    expect(last).to.not.equal(undefined);
    for (const ms of [last?.placed, last?.closed, last?.redialled])
      if (ms !== null) expect(ms).to.be.at.most(HEALED_MS);
  }

  it("go on when the Honnin of one is killed", async () => {
    const node = topology.node(0);
    const calls = await trial.callsOf(node);
    const since = now();
    node.service.signal("SIGKILL");
    await trial.heals("kill -9 of a node", since, calls);
    await node.start();
    await trial.proves(calls, 2);
    expectHealed();
  });

  it("go on when the Honnin of one is killed and started at once", async () => {
    const node = topology.node(1);
    const calls = await trial.callsOf(node);
    const since = now();
    node.service.signal("SIGKILL");
    const [healed] = await Promise.all([
      trial.heals("kill -9 of a node, started again", since, calls),
      node.start(),
    ]);
    expect(healed).to.equal(undefined);
    await trial.proves(calls, 2);
    expectHealed();
  });

  it("go on when the Asterisk of one is killed", async () => {
    const node = topology.node(2);
    const calls = await trial.callsOf(node);
    const since = now();
    process.kill(node.asterisk, "SIGKILL");
    await trial.heals("kill -9 of an Asterisk", since, calls);
    await trial.proves(calls, 2);
    expectHealed();
  });

  it("go on when the database is killed and started", async () => {
    const calls = await trial.callsOf(topology.node(0));
    const since = now();
    await topology.database.crash();
    await delay(3_000);
    await topology.database.launch();
    await trial.proves(calls, 1);
    trial.note("kill -9 of PostgreSQL, back after 3 s", now() - since);
  });

  it("go on when one is stopped, and the keys that it hears when it goes on decide nothing", async () => {
    const node = topology.node(0);
    const calls = await trial.callsOf(node);
    const since = now();
    node.service.signal("SIGSTOP");
    await trial.heals("stop of a node", since, calls);
    for (const { number } of calls.calls) topology.crowd.presses(number, number.slice(-6), 1);
    await delay(Math.max(0, since + 30_000 - now()));
    node.service.signal("SIGCONT");
    for (const { number } of calls.calls) topology.crowd.presses(number, number.slice(-6), 1);
    await slowPoll(() => isBack(node.name), OVER_MS, "the node to be one of them again");
    expect(await trial.areVerified(calls.calls)).to.equal(false);
    await trial.proves(calls, 2);
    expectHealed();
  });

  it("go on when one is stopped while it is its turn to write", async () => {
    const node = topology.node(1);
    const calls = await trial.callsOf(node);
    const since = await stopInTurn(topology, node, trial.company);
    await trial.heals("stop of a node in its turn", since, calls);
    node.service.signal("SIGCONT");
    await slowPoll(() => isBack(node.name), OVER_MS, "the node to be one of them again");
    await trial.proves(calls, 2);
    expectHealed();
  });

  it("go on when Kamailio is killed and started", async () => {
    const calls = await trial.callsOf(topology.node(1));
    const since = now();
    await topology.kamailio.kill();
    const meanwhile = await Promise.all(
      topology.nodes.map((node) => trial.company.register("keys", { max_call_attempts: 3 }, [node])),
    );
    await delay(2_000);
    await topology.kamailio.launch();
    await trial.proves(calls, 1);
    await slowPoll(() => trial.areVerified(meanwhile), OVER_MS, "calls that were registered meanwhile");
    trial.note("kill -9 of Kamailio", now() - since);
  });

  for (const how of ["swallow", "refuse"] as const)
    it(`go on when one is cut from the database (${how})`, async () => {
      const node = topology.node(1);
      const calls = await trial.callsOf(node);
      const since = now();
      node.gate.cut(how);
      await trial.heals(`a node cut from the database (${how})`, since, calls);
      await delay(Math.max(0, since + 20_000 - now()));
      node.gate.mend();
      await slowPoll(() => isBack(node.name), OVER_MS, "the node to be one of them again");
      await trial.proves(calls, 2);
      expectHealed();
    });

  for (const seconds of [30, -30])
    it(`go by the time of the database where the clock of one is wrong by ${String(seconds)} s`, async () => {
      const node = topology.node(2);
      const epoch = await epochs();
      node.service.signal("SIGTERM");
      await node.service.ended();
      await node.start(await wrongClock(seconds));
      const calls = await trial.callsOf(node, 1);
      const abandoned = await trial.company.register("waits", { expires_in: 30 }, [node]);
      const between = abandoned.expiresAt - 30_000 - now();
      expect(Math.abs(between)).to.be.below(LATE_MS);
      await trial.proves(calls, 1);
      await slowPoll(async () => (await statusOf(abandoned.id)) === "expired", OVER_MS, "a deadline");
      const [kept, ended] = [await epochs(), now()];
      expect(ended).to.be.within(abandoned.expiresAt, abandoned.expiresAt + 2 * LATE_MS);
      topology.crowd.leave(abandoned.number);
      // Nobody was given up, and it has joined once.
      expect(kept).to.deep.equal({ ...epoch, [node.name]: Number(epoch[node.name]) + 1 });
      node.service.signal("SIGTERM");
      await node.service.ended();
      await node.start();
    });

  it("have lost nothing, rung nobody twice, and ended everything in time", async () => {
    await trial.dry();
    await slowPoll(isOver, OVER_MS, "the end of all");
    expect(trial.refusals).to.deep.equal([]);
    const stored = await verificationsIn(topology);
    const ids = new Set(stored.map(({ id }) => id));
    expect(trial.company.acknowledged.filter(({ id }) => !ids.has(id))).to.deep.equal([]);
    const late = stored.filter(({ completed, expires }) => (completed ?? Infinity) > expires + LATE_MS);
    expect(late).to.deep.equal([]);
    const { crowd } = topology;
    expect(unaccounted(crowd.calls, await attemptsIn(topology), trial.company.asked)).to.deep.equal([]);
  });

  it("have told everybody who listened of everything, in one and the same order", async () => {
    const told = await outboxOf(topology);
    for (const listener of trial.listeners) {
      const isThere = (): true | undefined => listener.heard.length >= told.length || undefined;
      await listener.until(isThere, OVER_MS, "the last event");
      expect(unlike(listener.heard, told)).to.equal(null);
    }
    const reasons = trial.listeners.flatMap(({ goodbyes }) => goodbyes.map(({ reason }) => reason));
    expect(reasons).to.not.include("the API key is no longer valid");
  });

  async function epochs(): Promise<Readonly<Record<string, number>>> {
    const rows = await topology.ask<{ name: string; epoch: number }>("select name, epoch::int from nodes");
    return Object.fromEntries(rows.map(({ name, epoch }) => [name, epoch]));
  }

  async function statusOf(id: string): Promise<string | undefined> {
    const [row] = await topology.ask<{ status: string }>(
      `select status from verifications where id = '${id}'`,
    );
    return row?.status;
  }

  async function isBack(name: string): Promise<boolean> {
    const [row] = await topology.ask<{ back: boolean }>(
      `select left_at is null as back from nodes where name = '${name}'`,
    );
    return row?.back === true;
  }

  async function isOver(): Promise<boolean> {
    const [row] = await topology.ask<{ open: number }>(
      `select (select count(*) from verifications where completed_at is null)::int
         + (select count(*) from attempts where ended_at is null)::int as open`,
    );
    return row?.open === 0;
  }
});

function table(healings: readonly Healing[]): string {
  const seconds = (ms: number | null): string => (ms === null ? "-" : (ms / 1000).toFixed(1)).padStart(10);
  const rows = healings.map(
    ({ fault, placed, closed, redialled }) =>
      `      ${fault.padEnd(45)}${[placed, closed, redialled].map(seconds).join("")}`,
  );
  const head = `      ${"seconds by the database's times until".padEnd(45)}${["placed", "closed", "redialled"].map((word) => word.padStart(10)).join("")}`;
  return [head, ...rows].join("\n");
}
