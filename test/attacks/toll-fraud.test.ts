import { setImmediate } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { markAnswered } from "../../src/acts/mark-attempt.js";
import type { BudgetNotice } from "../../src/store/hints.js";
import type { CallLimits, DialLimits } from "../../src/clients/call-limits.js";
import { insertClient } from "../../src/store/clients.js";
import { listEventsAfter } from "../../src/store/events.js";
import { register, type Registration } from "../../src/acts/register.js";
import { findVerificationBySeq, type NewVerification } from "../../src/store/verifications.js";
import { Store } from "../../src/store/store.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { CALL_LIMITS, LIMITS } from "../support/api-fixture.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";
import { figure } from "./figures.js";

/** Noon in Japan. */
const NOW = Date.UTC(2026, 10, 27, 3);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What an administrator gets who has set nothing. */
const DEFAULTS = { perNumberPerHour: 5, perBlockPerHour: 100, budget: { day: 100_000, month: 1_000_000 } };
const UNANSWERED = { outcome: "no_answer" as const, sipStatus: null, q850Cause: null };
const ANSWERED = { outcome: "answered" as const, sipStatus: null, q850Cause: 16 };

describe("an attack: calls without end with a key that leaked", function () {
  this.timeout(120_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let store: Store;
  let now: number;
  let notices: BudgetNotice[];

  beforeEach(async () => {
    dir = await tempDir();
    store = await Store.open(dir.path);
    now = NOW;
    notices = [];
    store.hints.on("budget", (notice) => notices.push(notice));
    await store.write(async (db) => {
      await insertClient(db, { id: "a", name: "a", created_at: NOW });
      await insertClient(db, { id: "b", name: "b", created_at: NOW });
    });
  });
  afterEach(async () => {
    await store.close();
    await dir.remove();
  });

  const limits = (calls: Partial<CallLimits> = {}): DialLimits => ({
    ...LIMITS,
    calls: { ...CALL_LIMITS, ...calls },
  });
  const row = (client: string, number: string, more: Partial<NewVerification> = {}): NewVerification => ({
    ...verificationRow(store, client, randomUUID(), now),
    number_cipher: store.vault.encipherNumber(number as E164),
    number_index: store.vault.indexNumber(number as E164),
    ...more,
  });
  const registerAll = (
    count: number,
    numberOf: (i: number) => string,
    own: DialLimits,
  ): Promise<Registration[]> =>
    Promise.all(
      Array.from({ length: count }, (_, i) => register(store, row(i % 2 ? "a" : "b", numberOf(i)), own)),
    );
  const seqOf = (registration: Registration): number => {
    if (registration.kind !== "created") throw new Error(`not created: ${JSON.stringify(registration)}`);
    return registration.stored.verification.seq;
  };
  const refusals = (all: readonly Registration[]): string[] =>
    all.flatMap((one) => (one.kind === "barred" ? [one.bar.kind] : []));
  const statusOf = async (seq: number): Promise<string> => {
    const { status, reason } = (await findVerificationBySeq(store.read, seq))!;
    return reason === null ? status : `${status}/${reason}`;
  };
  /** @returns the call's id, or undefined when none is made. */
  const dial = async (seq: number, own: DialLimits): Promise<string | undefined> => {
    const id = randomUUID();
    return (await beginAttempt(store, seq, id, own, now)) && id;
  };
  const dialAndEnd = async (seq: number, own: DialLimits): Promise<boolean> => {
    const id = await dial(seq, own);
    if (id !== undefined) await endAttempt(store, seq, id, UNANSWERED, 0, now);
    return id !== undefined;
  };

  it("600 registrations for one number, of two clients, are 5; the others are told when to come again", async () => {
    const all = await registerAll(600, () => "+819012345678", limits(DEFAULTS));
    const created = all.filter(({ kind }) => kind === "created");
    figure("registrations of 600 for one number that were taken", created.length);
    expect(created).to.have.length(5);
    expect(new Set(refusals(all))).to.deep.equal(new Set(["too_many_calls_to_number"]));
    let made = 0;
    for (const one of created) if (await dialAndEnd(seqOf(one), limits(DEFAULTS))) made += 1;
    expect(made).to.equal(5);
    now += HOUR_MS - 1;
    const early = await register(store, row("a", "+819012345678"), limits(DEFAULTS));
    expect(early).to.deep.equal({
      kind: "barred",
      bar: { kind: "too_many_calls_to_number", max: 5, retryAt: NOW + HOUR_MS },
    });
    now += 1;
    expect((await register(store, row("a", "+819012345678"), limits(DEFAULTS))).kind).to.equal("created");
  });

  it("redials count as calls: the sixth of an hour is not made, and the verification says why", async () => {
    const own = limits(DEFAULTS);
    const seqs: number[] = [];
    for (let i = 0; i < 2; i++) {
      seqs.push(seqOf(await register(store, row("a", "+819012345678", { max_call_attempts: 3 }), own)));
    }
    const made = [];
    for (const seq of [...seqs, ...seqs, ...seqs]) {
      now += 1000;
      made.push(await dialAndEnd(seq, own));
    }
    expect(made).to.deep.equal([true, true, true, true, true, false]);
    expect(await statusOf(seqs[1]!)).to.equal("failed/over_capacity");
  });

  it("rings one number once at a time, whoever dials; the other call waits", async () => {
    const own = limits(DEFAULTS);
    const [first, second] = [
      seqOf(await register(store, row("a", "+819012345678"), own)),
      seqOf(await register(store, row("b", "+819012345678"), own)),
    ];
    // Hints come a turn of the loop after their commit.
    await setImmediate();
    const due: [number, number][] = [];
    store.hints.on("call_due", (seq, at) => due.push([seq, at]));
    const begun = await Promise.all([dial(first, own), dial(second, own)]);
    await setImmediate();
    expect(begun.map((id) => id !== undefined)).to.deep.equal([true, false]);
    expect(due).to.deep.equal([[second, now + 2000]]);
    expect(await statusOf(second)).to.equal("pending");
    now += 2000;
    await endAttempt(store, first, begun[0]!, UNANSWERED, 0, now);
    expect(await dial(second, own)).to.be.a("string");
  });

  it("a block of 10,000 numbers gets 100 calls an hour, and its neighbour its own", async () => {
    const own = limits(DEFAULTS);
    const inBlock = (i: number): string => `+8190123${String(40_000 + i)}`;
    const all = await registerAll(1000, inBlock, own);
    const created = all.filter(({ kind }) => kind === "created");
    figure("registrations of 1,000 for the numbers of one block that were taken", created.length);
    expect(created).to.have.length(100);
    expect(new Set(refusals(all))).to.deep.equal(new Set(["too_many_calls_to_prefix"]));
    expect((await register(store, row("a", "+819012355678"), own)).kind).to.equal("created");
    let taken = 0;
    for (; now < NOW + 3 * HOUR_MS; now += 60_000) {
      const numbers = (i: number): string => inBlock(1000 + ((now - NOW) / 60_000) * 20 + i);
      taken += (await registerAll(20, numbers, own)).filter(({ kind }) => kind === "created").length;
    }
    figure("registrations for one block in the three hours after, at 20 a minute", taken);
    expect(taken).to.be.within(150, 300);
  });

  it("a company's customers, five in each block, meet no limit", async () => {
    const all = await registerAll(1000, (i) => `+8190${String(10_000_000 + i * 2000)}`, limits(DEFAULTS));
    expect(refusals(all)).to.deep.equal([]);
  });

  describe("within a budget of 320 yen, ten calls to mobiles", () => {
    const budget = { day: 320, month: 1_000_000 };

    it("50 calls at once of two dialers on one database cost no yen more", async () => {
      const own = limits({ budget });
      const other = await Store.open(dir.path);
      try {
        const all = await registerAll(50, (i) => `+8190${String(10_000_000 + i * 20_000)}`, own);
        const seqs = all.map(seqOf);
        const ids = await Promise.all(
          seqs.map(async (seq, i) => {
            const id = randomUUID();
            return [seq, (await beginAttempt(i % 2 ? store : other, seq, id, own, now)) && id] as const;
          }),
        );
        const begun = ids.filter(([, id]) => id !== undefined);
        figure("calls made of 50 at once within a budget of ten", begun.length);
        expect(begun).to.have.length(10);
        const statuses = await Promise.all(seqs.map(statusOf));
        expect(statuses.filter((status) => status === "failed/over_capacity")).to.have.length(40);
        const refused = await register(store, row("a", "+819099999999"), own);
        expect(refused).to.deep.equal({
          kind: "barred",
          bar: { kind: "budget_exhausted", exhausted: { clientId: null, period: "day", budgetYen: 320 } },
        });
      } finally {
        await other.close();
      }
    });

    it("what was not answered costs nothing, and gives its money back; what was answered is spent also after a restart", async () => {
      const own = limits({ budget });
      const call = async (i: number): Promise<[number, string | undefined]> => {
        const seq = seqOf(await register(store, row("a", `+8190${String(20_000_000 + i * 20_000)}`), own));
        return [seq, await dial(seq, own)];
      };
      for (let i = 0; i < 30; i++) {
        const [seq, id] = await call(i);
        await endAttempt(store, seq, id!, UNANSWERED, 0, now);
      }
      for (let i = 30; i < 40; i++) {
        const [seq, id] = await call(i);
        await markAnswered(store, id!, now);
        await endAttempt(store, seq, id!, ANSWERED, 0, now + 20_000);
      }
      await store.close();
      store = await Store.open(dir.path);
      expect(refusals([await register(store, row("a", "+819099999999"), own)])).to.deep.equal([
        "budget_exhausted",
      ]);
      now += DAY_MS / 2 - 1;
      expect((await register(store, row("a", "+819099999999"), own)).kind, "before midnight").to.equal(
        "barred",
      );
      now += 1;
      expect((await register(store, row("a", "+819099999999"), own)).kind, "a new day in Japan").to.equal(
        "created",
      );
    });

    it("a carrier's price by the time is charged with the longest call, and settled at its end", async () => {
      const perMinute = { perCall: 0, perStep: 16_000, stepSeconds: 60 };
      const prices = { fixed: perMinute, mobile: perMinute, ip: perMinute, unknown: perMinute };
      const own = limits({ budget: { day: 100, month: 1000 }, prices, longestCallMs: 180_000 });
      const seqs = (await registerAll(4, (i) => `+8190${String(10_000_000 + i * 20_000)}`, own)).map(seqOf);
      const first = await dial(seqs[0]!, own);
      const second = await dial(seqs[1]!, own);
      expect(
        [first, second].map((id) => id !== undefined),
        "48 yen each",
      ).to.deep.equal([true, true]);
      await markAnswered(store, first!, now);
      await endAttempt(store, seqs[0]!, first!, ANSWERED, 0, now + 61_000);
      expect(await dial(seqs[2]!, own), "32 + 48 are spent").to.equal(undefined);
      await endAttempt(store, seqs[1]!, second!, UNANSWERED, 0, now);
      expect(await dial(seqs[3]!, own), "32 are spent").to.be.a("string");
    });

    it("says at 50, 80 and 100 % so, once each, to the client whose budget it is and in the log", async () => {
      await store.write((db) => changeClientSettings(db, "a", { budget_yen_per_day: 320 }));
      const own = limits();
      for (let i = 0; i < 12; i++) {
        const seq = seqOf(await register(store, row("a", `+8190${String(30_000_000 + i * 20_000)}`), own));
        await dial(seq, own);
      }
      expect(notices.map(({ clientId, percent }) => [clientId, percent])).to.deep.equal([
        ["a", 50],
        ["a", 80],
        ["a", 100],
      ]);
      const events = await listEventsAfter(store.read, store.vault, "a", 0, 1000);
      const told = events.flatMap(({ type, data }) => (type === "budget.threshold" ? [data] : []));
      const day = { period: "day", of: "2026-11-27", budget_yen: 320 };
      expect(told).to.deep.equal([
        { ...day, percent: 50, spent_yen: 160 },
        { ...day, percent: 80, spent_yen: 256 },
        { ...day, percent: 100, spent_yen: 320 },
      ]);
      expect((await register(store, row("b", "+819099999999"), own)).kind, "another client").to.equal(
        "created",
      );
    });
  });

  it("costs at most the budget of a day", async () => {
    const own = limits(DEFAULTS);
    let calls = 0;
    for (let i = 0; i < 3300; i += 50) {
      const numbers = (k: number): string => `+8190${String(10_000_000 + (i + k) * 20_000).padStart(8, "0")}`;
      const all = await registerAll(50, numbers, own);
      const begun = await Promise.all(
        all.filter(({ kind }) => kind === "created").map((one) => dial(seqOf(one), own)),
      );
      calls += begun.filter((id) => id !== undefined).length;
    }
    figure("yen that calls to mobiles in one day cost at most by default", calls * 32);
    expect(calls * 32).to.be.within(99_968, 100_000);
  });
});
