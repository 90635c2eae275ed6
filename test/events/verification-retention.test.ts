import { expect } from "chai";
import { Pruner } from "../../src/upkeep/pruner.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { register } from "../../src/acts/register.js";
import type { Store } from "../../src/store/store.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { verificationRow } from "../support/verification-rows.js";
import { StoreFixture } from "../support/store-fixture.js";

const DAY = 86_400_000;
const START = 1_800_000_000_000;
const BUSY = { outcome: "busy" as const, sipStatus: 486, q850Cause: 17 };

describe("pruning of verifications", () => {
  let fixture: StoreFixture;
  let store: Store;
  let now: number;

  const happen = async (id: string, ends = true): Promise<void> => {
    const made = await register(store, verificationRow(store, "a", id, now), LIMITS);
    if (made.kind !== "created") throw new Error(made.kind);
    const { seq } = made.stored.verification;
    if (!ends) return;
    await beginAttempt(store, seq, `call of ${id}`, LIMITS, now);
    await endAttempt(store, seq, `call of ${id}`, BUSY, 0, now);
  };
  const prune = (days?: number): Promise<void> =>
    new Pruner({
      store,
      clock: () => now,
      log: capturedLog().log,
      eventRetentionMs: DAY,
      ...(days === undefined ? {} : { retention: { recordsMs: days * DAY } }),
      batch: 2,
    }).prune();
  const left = async (): Promise<unknown[]> => [
    ...(await store.read.selectFrom("verifications").select("id").orderBy("seq").execute()),
    ...(await store.read.selectFrom("attempts").select("id").orderBy("started_at").execute()),
  ];
  const rows = (...ids: string[]): unknown[] => ids.map((id) => ({ id }));

  beforeEach(async () => {
    now = START;
    fixture = await StoreFixture.open(["a"], now);
    ({ store } = fixture);
    for (const id of ["one", "two", "three"]) await happen(id);
    await happen("open", false);
    now += DAY;
    await happen("young");
    now += 61 * DAY;
  });
  afterEach(async () => {
    await fixture.close();
  });

  it("is not done unless a retention is set", async () => {
    const before = await left();
    now += 10_000 * DAY;
    await prune();
    expect(await left()).to.deep.equal(before);
  });

  it("deletes those that ended and are past their time, with their calls, and no other", async () => {
    await prune(62);
    expect(await left(), "just as old as the retention").to.have.length(9);
    now += 1;
    await prune(62);
    expect(await left()).to.deep.equal([...rows("open", "young"), ...rows("call of young")]);
  });
});
