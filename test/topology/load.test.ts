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
import type { Person } from "./people.js";
import { Topology } from "./topology.js";
import { slowPoll } from "./slow-poll.js";

/** `HONNIN_TEST_LOAD=10000` for a long run. */
const COUNT = Number(process.env["HONNIN_TEST_LOAD"] ?? 2_000);
const CALLS_PER_SECOND = 50;
const CALLS_AT_ONCE = 40;
const REGISTER_AT_ONCE = 12;
/** Answered calls cost most, so there are as few as show something. */
const OF_TWENTY: readonly Person[] = [
  ...Array.from({ length: 9 }, (): Person => "busy"),
  ...Array.from({ length: 4 }, (): Person => "unreachable"),
  ...Array.from({ length: 4 }, (): Person => "keys"),
  ...(["errs", "leaves", "declines"] as const),
];
const ENDS: Readonly<Partial<Record<Person, string>>> = {
  busy: "failed busy",
  unreachable: "failed unreachable",
  keys: "verified",
  errs: "failed hung_up",
  leaves: "failed hung_up",
  declines: "failed rejected",
};
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
      settings: {
        HONNIN_TRUNK_MAX_CPS: String(CALLS_PER_SECOND),
        HONNIN_TRUNK_MAX_CALLS: String(CALLS_AT_ONCE),
        // What is registered at once waits for its turn.
        HONNIN_MAX_QUEUE_SECONDS: "600",
      },
    });
    company = new Company(topology.nodes, topology.key);
    for (const at of topology.nodes.keys()) listeners.push(new Listener(topology.nodes, topology.key, at));
    for (const listener of listeners) await listener.open();
    const began = performance.now();
    await registerAll();
    const registered = performance.now();
    await slowPoll(isOver, PATIENCE_MS, "the end of all verifications and calls");
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

  /** In the middle one of the listeners goes to another node. */
  async function registerAll(): Promise<void> {
    let next = 0;
    const some = async (): Promise<void> => {
      for (let mine = next++; mine < COUNT; mine = next++) {
        const person = OF_TWENTY[mine % OF_TWENTY.length] ?? "busy";
        await company.register(person, { expires_in: 600 });
        if (mine === Math.floor(COUNT / 2)) await listeners[0]?.moveTo(1);
      }
    };
    await Promise.all(Array.from({ length: REGISTER_AT_ONCE }, some));
  }

  async function isOver(): Promise<boolean> {
    const [row] = await topology.ask<{ open: number }>(
      `select (select count(*) from verifications where completed_at is null)::int
         + (select count(*) from attempts where ended_at is null)::int
         + (select count(*) from webhook_deliveries where delivered_at is null)::int as open`,
    );
    return row?.open === 0;
  }

  it("are all acknowledged, and all end as those who are called will have it", async () => {
    expect(company.acknowledged).to.have.length(COUNT);
    const people = new Map(company.acknowledged.map(({ id, person }) => [id, person]));
    const stored = await verificationsIn(topology);
    const otherwise = stored.filter(({ id, status, reason }) => {
      const person = people.get(id);
      return person === undefined || [status, reason].filter(Boolean).join(" ") !== ENDS[person];
    });
    expect(otherwise, await topology.storiesOf(otherwise.map(({ id }) => id))).to.deep.equal([]);
    expect(stored).to.have.length(COUNT);
  });

  it("are dialled once each, by all nodes", async () => {
    const attempts = await attemptsIn(topology);
    expect(unaccounted(topology.crowd.calls, attempts, company.asked)).to.deep.equal([]);
    expect(topology.crowd.calls).to.have.length(COUNT);
    expect(attempts).to.have.length(COUNT);
    expect(new Set(attempts.map(({ node }) => node)).size).to.equal(topology.nodes.length);
  });

  it("go to the trunk no faster and no more at once than it allows", () => {
    const { calls, most } = topology.crowd;
    expect(most).to.be.at.most(CALLS_AT_ONCE);
    expect(mostInASecond(calls)).to.be.at.most(CALLS_PER_SECOND);
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
