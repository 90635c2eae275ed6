import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import { cancel } from "../../src/acts/cancel.js";
import { closeOrphans } from "../../src/acts/close-orphans.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { register } from "../../src/acts/register.js";
import { revealCode } from "../../src/acts/reveal-code.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import { Membership, type MembershipParts } from "../../src/nodes/membership.js";
import { insertClient } from "../../src/store/clients.js";
import { findNode, type NodeRow, setDrained } from "../../src/store/nodes.js";
import { Store } from "../../src/store/store.js";
import { AttemptClosedError, NodeFencedError } from "../../src/store/store-unavailable.js";
import { readVerification } from "../../src/store/verifications.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { openVault } from "../../src/vault/open-vault.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { LIMITS } from "../support/api-fixture.js";
import { PostgresServer } from "../support/postgres.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { CODE, verificationRow } from "../support/verification-rows.js";

const CLIENT = "cli_a";
const REDIAL_MS = 5_000;

/** One service, as far as its place among the others goes. */
class Node {
  readonly happened: string[] = [];
  readonly log = capturedLog();
  readonly membership: Membership;

  readonly store: Store;
  readonly name: string;

  constructor(store: Store, name: string) {
    this.store = store;
    this.name = name;
    const parts: MembershipParts = { store, clock: () => store.now(), log: this.log.log, name, version: "1" };
    this.membership = new Membership(parts);
  }

  async join(): Promise<void> {
    await this.membership.join();
    this.membership.serve({
      onFenced: () => {
        this.happened.push("fenced");
        return Promise.resolve();
      },
      onOpen: (isOpen) => this.happened.push(isOpen ? "open" : "closed"),
      onOthers: () => undefined,
      onDuty: (isMine) => {
        this.happened.push(isMine ? "on duty" : "off duty");
        return Promise.resolve();
      },
      onOrphans: async () => {
        await closeOrphans(this.store, REDIAL_MS, this.store.now());
      },
    });
  }

  row(name = this.name): Promise<NodeRow | undefined> {
    return findNode(this.store.read, { name });
  }

  /** It becomes so, or the test tells what it was instead. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await poll(
      async () => condition(),
      PATIENCE_MS,
      `${what}; happened: ${this.happened.join(", ")}; ${this.log.text()}`,
    );
  }
}

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: unknown) => error,
  );

describe("nodes on one database", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let url: string;
  const nodes: Node[] = [];
  let numbers = 0;

  /** One that has opened the database; whether it gives signs of life is for the test to say. */
  const node = async (name: string): Promise<Node> => {
    const store = await Store.open(dir.path, url, undefined, { node: name });
    const made = new Node(store, name);
    nodes.push(made);
    return made;
  };
  /** One that has joined and then says nothing, as a process that was stopped. */
  const silent = async (name: string): Promise<Node> => {
    const made = await node(name);
    await made.store.join(name, "1");
    return made;
  };
  /** A verification whose call was begun by that node. */
  const called = async ({ store }: Node, attemptId: string, calls = 2): Promise<number> => {
    const now = store.now();
    const number = `+8190${String(10_000_000 + (numbers += 1))}` as E164;
    const row = {
      ...verificationRow(store, CLIENT, attemptId, now),
      number_cipher: store.vault.encipherNumber(number),
      number_index: store.vault.indexNumber(number),
      max_call_attempts: calls,
      max_code_entries: 3,
    };
    const registered = await register(store, row, LIMITS);
    if (registered.kind !== "created") throw new Error(registered.kind);
    const { seq } = registered.stored.verification;
    const begun = await beginAttempt(store, seq, attemptId, LIMITS, store.now());
    if (begun === undefined) throw new Error("no call was begun");
    return seq;
  };
  const stored = async (
    { store }: Node,
    id: string,
  ): Promise<{ status: string; next: number | null; outcomes: unknown[] }> => {
    const found = await readVerification(store.read, CLIENT, id);
    if (found === undefined) throw new Error(`no verification ${id}`);
    const { status, next_attempt_at: next } = found.verification;
    return { status, next, outcomes: found.attempts.map((attempt) => attempt.outcome) };
  };

  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.stop());
  beforeEach(async () => {
    dir = await tempDir();
    url = await server.database();
    openVault(dir.path, false);
    const store = await Store.open(dir.path, url);
    await store.write((db) => insertClient(db, { id: CLIENT, name: "a", created_at: 1 }));
    await store.close();
  });
  afterEach(async () => {
    for (const { membership, store } of nodes.splice(0)) {
      await membership.leave().catch(() => undefined);
      await store.close();
    }
    await dir.remove();
  });

  it("close what one that died had open, and have it called again", async () => {
    const dead = await silent("dead");
    await called(dead, "redialled");
    await called(dead, "over", 1);
    const other = await node("other");
    await other.join();
    await other.until("the calls of the dead node are closed", async () => {
      const [again, over] = [await stored(other, "redialled"), await stored(other, "over")];
      return again.outcomes[0] === "failed" && over.outcomes[0] === "failed";
    });
    const again = await stored(other, "redialled");
    expect(again).to.deep.include({ status: "pending", outcomes: ["failed"] });
    expect(again.next).to.be.a("number");
    expect(await stored(other, "over")).to.deep.equal({ status: "failed", next: null, outcomes: ["failed"] });
  });

  it("let one that slept decide nothing when it wakes, nor when it has joined again", async () => {
    const asleep = await silent("asleep");
    const seq = await called(asleep, "call");
    const other = await node("other");
    await other.join();
    await other.until(
      "the call is closed",
      async () => (await stored(other, "call")).outcomes[0] === "failed",
    );
    const { store } = asleep;
    const entry = { kind: "code", digits: CODE } as const;
    const rule = (): Promise<unknown> =>
      outcome(ruleEntry(store, seq, entry, LIMITS, store.now(), "proved", "call"));
    expect(await rule()).to.be.instanceOf(NodeFencedError);
    await asleep.join();
    expect((await asleep.row())?.epoch).to.equal(3);
    expect(await rule()).to.be.instanceOf(AttemptClosedError);
    expect(await outcome(revealCode(store, seq, store.now(), "call"))).to.be.instanceOf(AttemptClosedError);
    const answered = { outcome: "answered", sipStatus: null, q850Cause: null } as const;
    expect(await endAttempt(store, seq, "call", answered, 0, store.now())).to.deep.equal({ kind: "settled" });
    expect(await stored(other, "call")).to.deep.include({ status: "pending", outcomes: ["failed"] });
  });

  it("have one that was given up let go of what it has, and join again by itself", async () => {
    const one = await node("one");
    await one.join();
    await one.until("it is on duty", () => one.membership.hasDuty);
    const two = await node("two");
    await two.join();
    await two.store.write((db) =>
      db.updateTable("nodes").set({ epoch: 7, left_at: 1 }).where("name", "=", "one").execute(),
    );
    await one.until("it has joined again", async () => (await one.row())?.left_at === null);
    await one.until("it takes calls again", () => one.happened.at(-1) === "open" && one.membership.counts);
    expect(one.happened).to.deep.equal(["on duty", "off duty", "fenced", "open"]);
    await two.until("the other has the duty", () => two.membership.hasDuty);
    expect((await one.row())?.epoch).to.equal(8);
  });

  it("give up nobody when the database was away for all of them", async () => {
    const all = [await node("one"), await node("two")];
    for (const one of all) await one.join();
    await server.crash();
    // Longer than any of them would be waited for.
    const back = all[0]?.store.now() ?? 0;
    await poll(() => Promise.resolve((all[0]?.store.now() ?? 0) > back + 8_000), PATIENCE_MS, "time to pass");
    await server.launch();
    for (const one of all) {
      const since = one.store.now();
      await one.until(
        "signs of life for long enough to judge",
        async () => ((await one.row())?.seen_at ?? 0) > since + 8_000,
      );
    }
    for (const one of all) expect(await one.row()).to.include({ epoch: 1, left_at: null });
    expect(all.flatMap(({ happened }) => happened)).not.to.include("fenced");
  });

  it("have one of them on duty, and another as soon as it goes", async () => {
    const [one, two] = [await node("one"), await node("two")];
    await one.join();
    await one.until("it is on duty", () => one.membership.hasDuty);
    await two.join();
    await two.until(
      "a sign of life of its own",
      async () => ((await two.row())?.seen_at ?? 0) > two.store.now() - 500,
    );
    expect(two.membership.hasDuty).to.equal(false);
    await one.membership.resign();
    expect(one.happened).to.deep.equal(["on duty", "off duty"]);
    await two.until("it has taken over", () => two.membership.hasDuty);
    expect(one.membership.counts).to.equal(true);
  });

  it("take no calls while they are drained, and no duty", async () => {
    const one = await node("one");
    await one.join();
    await one.until("it is on duty", () => one.membership.hasDuty);
    const two = await node("two");
    await two.join();
    expect(await two.store.write((db) => setDrained(db, "one", two.store.now()))).to.equal(true);
    await one.until("it is drained", () => one.membership.isDrained);
    await two.until("the other is on duty", () => two.membership.hasDuty);
    await two.store.write((db) => setDrained(db, "one", null));
    await one.until("it takes calls again", () => !one.membership.isDrained);
    expect(one.happened.filter((what) => what.endsWith("d") || what === "open")).to.deep.equal([
      "closed",
      "open",
    ]);
    expect(await two.store.write((db) => setDrained(db, "none", 1))).to.equal(false);
  });

  it("hear at once of a verification that was begun or ended elsewhere, and that others have written", async () => {
    const [one, two] = [await silent("one"), await silent("two")];
    const [begun, ended]: [number[], number[]] = [[], []];
    let [heard, calls] = [0, 0];
    one.store.hints.on("begun", (seq) => begun.push(seq)).on("ended", (seq) => ended.push(seq));
    one.store.hints.on("others_wrote", () => (heard += 1));
    // What is told before it listens gets lost.
    await one.until("a hint of the other", async () => {
      await called(two, `call ${String((calls += 1))}`);
      return heard > 0;
    });
    const theirs = await called(two, "theirs");
    await one.until("the begin of the other's call", () => begun.includes(theirs));
    const before = one.store.foreignVersion;
    const mine = await called(one, "mine");
    await cancel(two.store, CLIENT, "mine", two.store.now());
    await one.until("the end of its call", () => ended.includes(mine));
    expect(one.store.foreignVersion).not.to.equal(before);
  });
});
