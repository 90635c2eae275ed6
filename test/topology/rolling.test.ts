import { expect } from "chai";
import { outboxOf, unaccounted, attemptsIn, unlike, verificationsIn } from "./evidence.js";
import type { Person } from "./people.js";
import { slowPoll } from "./slow-poll.js";
import { Topology } from "./topology.js";
import { Trial } from "./trial.js";

const A_SECOND = 10;
/** Who hesitates is on the line for ten seconds, until he is hung up on. */
const PEOPLE: readonly Person[] = ["hesitates", "busy", "leaves", "hesitates", "busy"];
const OVER_MS = 180_000;

describe("three nodes that are stopped and started one after another", function () {
  this.timeout(600_000);
  let topology: Topology;
  let trial: Trial;

  before(async () => {
    topology = await Topology.start({
      settings: { HONNIN_TRUNK_MAX_CPS: "30", HONNIN_TRUNK_MAX_CALLS: "120", HONNIN_RING_SECONDS: "20" },
    });
    trial = await Trial.on(topology);
    await rolled().catch((error: unknown) => {
      console.log(topology.complaints.slice(-20_000));
      throw error;
    });
  });

  async function rolled(): Promise<void> {
    trial.trickle(A_SECOND, PEOPLE, { expires_in: 300 });
    for (const node of topology.nodes) {
      await slowPoll(() => Promise.resolve(isTalking(node.host)), OVER_MS, "a call on the node");
      node.service.signal("SIGTERM");
      const { code, stderr } = await node.service.ended();
      expect(code, stderr).to.equal(0);
      await node.start();
    }
    await trial.dry();
    await slowPoll(isOver, OVER_MS, "the end of all");
  }

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(topology.complaints.slice(-20_000));
  });

  after(async () => {
    trial.close();
    await topology.stop();
  });

  it("refuse nobody who asks the next one", () => {
    expect(trial.refusals).to.deep.equal([]);
    expect(trial.company.turnedAway, "somebody had to").to.be.above(0);
  });

  it("cut no call: whoever wanted to prove himself has, on his one call", async () => {
    const proving = trial.company.acknowledged.filter(({ person }) => person === "hesitates");
    const stored = new Map((await verificationsIn(topology)).map((one) => [one.id, one]));
    const ends = proving.map(({ id, number }) => {
      const { status, reason } = stored.get(id) ?? {};
      return { id, status, reason, calls: topology.crowd.callsTo(number).length };
    });
    const otherwise = ends.filter(({ status, calls }) => status !== "verified" || calls !== 1);
    expect(otherwise, await topology.storiesOf(otherwise.map(({ id }) => id))).to.deep.equal([]);
  });

  it("dial for each attempt once", async () => {
    const attempts = await attemptsIn(topology);
    expect(unaccounted(topology.crowd.calls, attempts, trial.company.asked)).to.deep.equal([]);
  });

  it("tell everybody who listens of everything, in one and the same order", async () => {
    const told = await outboxOf(topology);
    for (const listener of trial.listeners) {
      const isThere = (): true | undefined => listener.heard.length >= told.length || undefined;
      await listener.until(isThere, OVER_MS, "the last event");
      expect(unlike(listener.heard, told)).to.equal(null);
    }
  });

  function isTalking(host: string): boolean {
    return topology.crowd.calls.some(
      ({ node, answeredAt, endedAt }) => node === host && answeredAt !== null && endedAt === null,
    );
  }

  async function isOver(): Promise<boolean> {
    const [row] = await topology.ask<{ open: number }>(
      `select (select count(*) from verifications where completed_at is null)::int
         + (select count(*) from attempts where ended_at is null)::int as open`,
    );
    return row?.open === 0;
  }
});
