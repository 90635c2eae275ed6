import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { beginAttempt, type BegunAttempt } from "../../src/acts/begin-attempt.js";
import { beginMessage } from "../../src/acts/begin-message.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { noteTrunk } from "../../src/acts/note-trunk.js";
import { enroll } from "../../src/acts/enroll.js";
import { register } from "../../src/acts/register.js";
import type { Held, TrunkShare } from "../../src/acts/shared-limits.js";
import { insertClient } from "../../src/store/clients.js";
import { countOpenCalls } from "../../src/store/nodes.js";
import type { NewEnrollment } from "../../src/store/enrollments.js";
import { sealCode } from "../../src/store/sealed-columns.js";
import { Store } from "../../src/store/store.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { HORIZON_MS, turnInterval } from "../../src/turns.js";
import { openVault } from "../../src/vault/open-vault.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { LIMITS } from "../support/api-fixture.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { CODE, verificationRow } from "../support/verification-rows.js";

const CLIENT = "cli_a";
const TRUNK: TrunkShare = { name: "carrier", maxCalls: 1000, maxCps: 1000 };
const BUSY = { outcome: "busy", sipStatus: 486, q850Cause: 17 } as const;

type Begun = BegunAttempt & { kind: "begun" };

describe("limits over all nodes", function () {
  this.timeout(120_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let nodes: [Store, Store];
  let names = 0;

  /** A verification of a number of its own that is due. */
  const due = async (store: Store, channel: "voice" | "sms" = "voice"): Promise<number> => {
    const now = store.now();
    const number = `+8190${String(10_000_000 + (names += 1))}` as E164;
    const id = `v${String(names)}`;
    const row = {
      ...{ ...verificationRow(store, CLIENT, id, now), channel, next_channel: channel },
      code_cipher: sealCode(store.vault, { client_id: CLIENT, id }, CODE),
      number_cipher: store.vault.encipherNumber(number),
      number_index: store.vault.indexNumber(number),
    };
    const registered = await register(store, row, LIMITS);
    if (registered.kind !== "created") throw new Error(registered.kind);
    return registered.stored.verification.seq;
  };
  const begin = (
    store: Store,
    seq: number,
    trunk: TrunkShare | null = TRUNK,
    limits = LIMITS,
  ): Promise<BegunAttempt> =>
    beginAttempt(store, seq, `call of ${String(seq)}`, limits, store.now(), { trunk });
  const end = (store: Store, seq: number): Promise<unknown> =>
    endAttempt(store, seq, `call of ${String(seq)}`, BUSY, 0, store.now());
  /** Tries as the dialer does, but again at once where it may be at any time. */
  const untilBegun = async (
    store: Store,
    seq: number,
    trunk: TrunkShare,
    told: Held[] = [],
  ): Promise<Begun> => {
    for (;;) {
      const begun = await begin(store, seq, trunk);
      if (begun.kind === "begun") return begun;
      if (begun.kind === "none") throw new Error("it is due no more");
      told.push(begun);
      await delay(begun.why === "pace" ? begun.retryInMs : 5);
    }
  };
  const goAt = (time: number): void => {
    for (const node of nodes) Object.defineProperty(node, "now", { value: () => time, configurable: true });
  };
  const configure = (settings: Parameters<typeof changeClientSettings>[2]): Promise<void> =>
    nodes[0].write((db) => changeClientSettings(db, CLIENT, settings));

  beforeEach(async () => {
    dir = await tempDir();
    const url = await (await sharedPostgres()).database();
    openVault(dir.path, false);
    const [a, b] = await Promise.all(
      ["a", "b"].map((node) => Store.open(dir.path, url, undefined, { node })),
    );
    if (a === undefined || b === undefined) throw new Error("two were to be opened");
    nodes = [a, b];
    await a.join("a", "1");
    await b.join("b", "1");
    await a.write((db) => insertClient(db, { id: CLIENT, name: "a", created_at: 1 }));
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await dir.remove();
  });

  /** Begins them on both nodes at once, each ends after a while. @returns the most that there were at one time. */
  const race = async (calls: number, trunk: TrunkShare, told: Held[]): Promise<number> => {
    const seqs = await Promise.all(Array.from({ length: calls }, () => due(nodes[0])));
    let [open, most] = [0, 0];
    await Promise.all(
      seqs.map(async (seq, nth) => {
        const store = nodes[nth % 2] ?? nodes[0];
        await untilBegun(store, seq, trunk, told);
        most = Math.max(most, (open += 1));
        await delay(10 + (nth % 7) * 5);
        open -= 1;
        await end(store, seq);
      }),
    );
    expect(await countOpenCalls(nodes[0].read)).to.deep.equal(new Map());
    return most;
  };

  it("let a trunk have as many calls at one time as it takes, and all get through in the end", async () => {
    const told: Held[] = [];
    expect(await race(40, { ...TRUNK, maxCalls: 3 }, told)).to.equal(3);
    expect(new Set(told.map(({ by, why }) => `${by} ${why}`))).to.deep.equal(new Set(["trunk lines"]));
  });

  it("let a client have as many calls at one time as it may", async () => {
    await configure({ max_calls: 2 });
    const told: Held[] = [];
    expect(await race(20, TRUNK, told)).to.equal(2);
    expect(new Set(told.map(({ by, why }) => `${by} ${why}`))).to.deep.equal(new Set(["client lines"]));
  });

  it("give each call a turn of its own, none of them far ahead", async () => {
    const trunk = { ...TRUNK, maxCps: 20 };
    const seqs = await Promise.all(Array.from({ length: 30 }, () => due(nodes[0])));
    const turns = await Promise.all(
      seqs.map(async (seq, nth) => {
        const store = nodes[nth % 2] ?? nodes[0];
        const { turn } = await untilBegun(store, seq, trunk);
        expect(turn).to.be.a("number");
        expect((turn ?? 0) - store.now()).to.be.at.most(HORIZON_MS);
        return turn ?? 0;
      }),
    );
    turns.sort((a, b) => a - b);
    turns.slice(1).forEach((turn, nth) => {
      expect(turn - (turns[nth] ?? 0)).to.be.at.least(turnInterval(20) - 0.01);
    });
  });

  it("let a call go on by another trunk only where there is room, and tell when there may be", async () => {
    const [a, b] = nodes;
    const other = { name: "other", maxCalls: 1, maxCps: 1 };
    const [first, second] = [await due(a), await due(a)];
    await begin(a, first);
    await begin(b, second, other);
    expect(await noteTrunk(a, `call of ${String(first)}`, other)).to.include({ kind: "held", why: "lines" });
    await end(b, second);
    expect(await noteTrunk(a, `call of ${String(first)}`, other)).to.include({ kind: "held", why: "pace" });
    const third = { ...other, name: "third" };
    expect((await noteTrunk(a, `call of ${String(first)}`, third)).kind).to.equal("noted");
    expect(await begin(b, await due(b), third)).to.include({ kind: "held", by: "trunk", why: "lines" });
    expect((await begin(b, await due(b))).kind, "the line of the trunk that it has left").to.equal("begun");
  });

  for (const channel of ["voice", "sms"] as const) {
    it(`let a client begin as many in a minute as it may: ${channel}`, async () => {
      const limits = { ...LIMITS, calls: { ...LIMITS.calls, perMinute: 4 } };
      const one = async (nth: number): Promise<string | Held> => {
        const store = nodes[nth % 2] ?? nodes[0];
        const seq = await due(store, channel);
        const begun =
          channel === "voice"
            ? await begin(store, seq, null, limits)
            : await beginMessage(store, seq, `message ${String(seq)}`, limits, store.now());
        return begun?.kind === "held" ? begun : (begun?.kind ?? "none");
      };
      const start = 1_800_000_000_000;
      goAt(start);
      const begun = await Promise.all([1, 2, 3].map(one));
      goAt(start + 30_000);
      expect([...begun, await one(4)]).to.deep.equal(["begun", "begun", "begun", "begun"]);
      const held = await one(5);
      if (typeof held === "string") throw new Error(held);
      expect(held).to.include({ by: "client", why: "pace" });
      expect(held.retryInMs).to.be.within(30_000, 35_000);
      goAt(start + 30_000 + held.retryInMs - 1);
      expect(await one(6)).to.be.an("object");
      goAt(start + 30_000 + held.retryInMs);
      expect(await Promise.all([7, 8, 9].map(one))).to.deep.equal(["begun", "begun", "begun"]);
      expect(await one(10)).to.be.an("object");
    });
  }

  it("store nothing of a call that has to wait: it is due still", async () => {
    const [a] = nodes;
    const seq = await due(a);
    expect((await begin(a, seq, { ...TRUNK, maxCalls: 0 })).kind).to.equal("held");
    const tables = ["attempts", "trunk_turns", "counters"] as const;
    const rows = await Promise.all(tables.map((table) => a.read.selectFrom(table).selectAll().execute()));
    const counters = rows[2]?.filter((row) => "scope" in row && row.scope.startsWith("calls/"));
    expect([rows[0], rows[1], counters]).to.deep.equal([[], [], []]);
    expect((await begin(a, seq)).kind).to.equal("begun");
  });

  it("are nobody's business where a service has its database to itself", async () => {
    const own = await tempDir();
    const store = await Store.open(own.path);
    await store.write((db) => insertClient(db, { id: CLIENT, name: "a", created_at: 1 }));
    for (const seq of [await due(store), await due(store)]) {
      expect(await begin(store, seq, { ...TRUNK, maxCalls: 1 })).to.include({ kind: "begun", turn: null });
    }
    expect(await store.read.selectFrom("trunk_turns").selectAll().execute()).to.deep.equal([]);
    await store.close();
    await own.remove();
  });

  it("hold a client's registrations of verifications and enrollments a minute, and fill evenly", async () => {
    const calls = { ...LIMITS.calls, registrationsPerMinute: 10 };
    const at = Date.now();
    const registering = (id: string, nth: number, now: number): Promise<{ readonly kind: string }> => {
      const store = nodes[nth % 2] ?? nodes[0];
      const number = `+8190${String(20_000_000 + (names += 1))}` as E164;
      const row = {
        ...verificationRow(store, CLIENT, id, now),
        number_index: store.vault.indexNumber(number),
      };
      return register(store, row, { ...LIMITS, calls });
    };
    const many = await Promise.all(
      Array.from({ length: 30 }, (_, nth) => registering(`r${String(nth)}`, nth, at)),
    );
    const kinds = many.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "created")).to.have.lengthOf(10);
    const refused = many.find(({ kind }) => kind === "too_many_now");
    expect(refused).to.deep.equal({ kind: "too_many_now", max: 10, retryAt: at + 6_000 });
    const again = kinds.indexOf("created");
    expect((await registering(`r${String(again)}`, again, at)).kind, "a repetition").to.equal("repeated");
    expect((await registering("later", 0, at + 6_000)).kind).to.equal("created");
    expect((await registering("too early", 1, at + 6_001)).kind).to.equal("too_many_now");
    const enrolling = await enroll(
      nodes[0],
      {
        ...{ client_id: CLIENT, id: "e", request_hash: Buffer.alloc(32), number_cipher: Buffer.alloc(1) },
        ...{
          number_index: Buffer.alloc(32),
          line_type: "mobile",
          dids: null,
          pin_hash: null,
          pin_length: null,
        },
        ...{ locale: "ja", metadata: "{}", expires_at: null, created_at: at + 6_001 },
      } as unknown as NewEnrollment,
      calls,
      null,
    );
    expect(enrolling.kind).to.equal("too_many_now");
  });
});
