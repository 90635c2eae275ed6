import { expect } from "chai";
import { Receiver } from "../events/receiver.js";
import { Company } from "./company.js";
import {
  attemptsIn,
  disordered,
  mostInASecond,
  outboxOf,
  unaccounted,
  unlike,
  verificationsIn,
} from "./evidence.js";
import { Listener } from "./listener.js";
import { endedOtherwise, LOADED, over, registerAll, TRUNK } from "./load.js";
import { Topology } from "./topology.js";

/** `HONNIN_TEST_LOAD=10000` for a long run. */
const COUNT = Number(process.env["HONNIN_TEST_LOAD"] ?? 2_000);
const PATIENCE_MS = COUNT * 150 + 120_000;

describe(`${String(COUNT)} verifications over three nodes`, function () {
  this.timeout(PATIENCE_MS * 2);
  let topology: Topology;
  let company: Company;
  let receiver: Receiver;
  const listeners: Listener[] = [];

  before(async () => {
    receiver = await Receiver.start(undefined, false);
    topology = await Topology.start({
      webhook: receiver.url,
      settings: LOADED,
    });
    company = new Company(topology.nodes, topology.key);
    for (const at of topology.nodes.keys()) listeners.push(new Listener(topology.nodes, topology.key, at));
    for (const listener of listeners) await listener.open();
    const began = performance.now();
    // In the middle one of the listeners goes to another node.
    await registerAll(company, COUNT, async (nth) => {
      if (nth === Math.floor(COUNT / 2)) await listeners[0]?.moveTo(1);
    });
    const registered = performance.now();
    await over(topology, PATIENCE_MS);
    tell(registered - began, performance.now() - began);
  });

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(topology.complaints.slice(-20_000));
  });

  after(async () => {
    for (const listener of listeners) listener.close();
    company.close();
    await topology.stop();
    await receiver.stop();
  });

  function tell(registeredMs: number, overMs: number): void {
    const { calls, most } = topology.crowd;
    console.log(
      `      registered within ${(registeredMs / 1000).toFixed(1)} s, over after ${(overMs / 1000).toFixed(1)} s; ` +
        `at most ${String(mostInASecond(calls))} calls a second and ${String(most)} at once`,
    );
  }

  it("are all acknowledged, and all end as those who are called will have it", async () => {
    expect(company.acknowledged).to.have.length(COUNT);
    const otherwise = await endedOtherwise(topology, company);
    expect(otherwise, await topology.storiesOf(otherwise)).to.deep.equal([]);
    const stored = await verificationsIn(topology);
    expect(stored).to.have.length(COUNT);
  });

  it("are dialled once each, by all nodes", async () => {
    const attempts = await attemptsIn(topology);
    expect(unaccounted(topology.crowd.calls, attempts, company.asked)).to.deep.equal([]);
    expect(topology.crowd.calls).to.have.length(COUNT);
    expect(attempts).to.have.length(COUNT);
    const made = topology.nodes.map(({ name }) => attempts.filter(({ node }) => node === name).length);
    // None has only what the others leave it.
    expect(Math.min(...made), `calls of each node: ${made.join(", ")}`).to.be.at.least(COUNT / 8);
  });

  it("go to the trunk no faster and no more at once than it allows", () => {
    const { calls, most } = topology.crowd;
    expect(most).to.be.at.most(TRUNK.callsAtOnce);
    expect(mostInASecond(calls)).to.be.at.most(TRUNK.callsPerSecond);
  });

  it("are heard of in one and the same order by who listens, wherever he does", async () => {
    const told = await outboxOf(topology);
    for (const listener of listeners) {
      const isThere = (): true | undefined => listener.heard.length >= told.length || undefined;
      await listener.until(isThere, PATIENCE_MS, "the last event");
      expect(unlike(listener.heard, told)).to.equal(null);
    }
  });

  it("are told of by webhooks in the order of what happened to each", async () => {
    expect(disordered(receiver.received, await outboxOf(topology))).to.deep.equal([]);
  });
});
