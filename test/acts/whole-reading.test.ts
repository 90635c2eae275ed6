import { expect } from "chai";
import type { Kysely } from "kysely";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { register } from "../../src/acts/register.js";
import { listVerifications } from "../../src/store/list-verifications.js";
import type { Schema } from "../../src/store/schema.js";
import { runsBy, sessionOf } from "../../src/store/session.js";
import { readVerification, type StoredVerification } from "../../src/store/verifications.js";
import { LIMITS } from "../support/api-fixture.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { StoreFixture } from "../support/store-fixture.js";
import { verificationRow } from "../support/verification-rows.js";

const CLIENT = "cli_acme";
const NOW = 1_800_000_000_000;

/** A handle by which something is done once the database has answered first, and before the answer is seen. */
function afterFirst(reader: Kysely<Schema>, act: () => Promise<void>): Kysely<Schema> {
  let then: (() => Promise<void>) | null = act;
  const answered = async (): Promise<void> => {
    const now = then;
    then = null;
    await now?.();
  };
  const handle = reader.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await answered();
      return result;
    },
  });
  const session = sessionOf(reader);
  const run: typeof session.run = async (...query) => {
    const rows = await session.run(...query);
    await answered();
    return rows;
  };
  runsBy(handle, { ...session, run });
  return handle;
}

describe("a verification whose call ends while it is read", () => {
  let fixture: StoreFixture;

  beforeEach(async () => {
    fixture = await StoreFixture.open([CLIENT], NOW);
    const { store } = fixture;
    await register(store, { ...verificationRow(store, CLIENT, "one", NOW), max_call_attempts: 2 }, LIMITS);
    expect(await beginAttempt(store, 1, "call", LIMITS, NOW)).to.include({ status: "in_progress" });
  });
  afterEach(() => fixture.close());

  const reading = async (
    read: (db: Kysely<Schema>) => Promise<StoredVerification | undefined>,
  ): Promise<unknown> => {
    const { store } = fixture;
    const end = { outcome: "busy", sipStatus: 486, q850Cause: 17 } as const;
    const db = afterFirst(store.read, async () => {
      await endAttempt(store, 1, "call", end, 5000, NOW + 1);
    });
    const seen = await read(db);
    return [seen?.verification.status, seen?.attempts.map(({ outcome }) => outcome)];
  };
  const before = ["in_progress", [null]];

  it("is shown as it was or as it is, by itself", async () => {
    expect(await reading((db) => readVerification(db, CLIENT, "one"))).to.deep.equal(before);
    const after = await readVerification(fixture.store.read, CLIENT, "one");
    expect(after?.attempts).to.have.length(1);
    expect(after?.attempts[0]).to.include({
      id: "call",
      outcome: "busy",
      sip_status: 486,
      verification_seq: 1,
    });
    expect(after?.verification.status).not.to.equal("in_progress");
  });

  it("is shown as it was or as it is, in a list", async () => {
    const first = async (db: Kysely<Schema>): Promise<StoredVerification | undefined> =>
      (await listVerifications(db, { clientId: CLIENT, limit: 10 }))[0];
    expect(await reading(first)).to.deep.equal(before);
    expect((await first(fixture.store.read))?.attempts[0]).to.include({ id: "call", outcome: "busy" });
  });

  it("is listed with the others, each with its own calls in their order", async () => {
    const { store } = fixture;
    for (const [nth, id] of ["two", "three"].entries()) {
      const row = { ...verificationRow(store, CLIENT, id, NOW), number_index: Buffer.alloc(32, nth + 1) };
      await register(store, row, LIMITS);
    }
    await endAttempt(store, 1, "call", { outcome: "busy", sipStatus: 486, q850Cause: 17 }, 0, NOW + 1);
    await beginAttempt(store, 1, "again", LIMITS, NOW + 2);
    await beginAttempt(store, 3, "other", LIMITS, NOW + 2);
    const listed = await listVerifications(store.read, { clientId: CLIENT, limit: 10 });
    expect(
      listed.map(({ verification, attempts }) => [verification.id, attempts.map(({ id }) => id)]),
    ).to.deep.equal([
      ["three", ["other"]],
      ["two", []],
      ["one", ["call", "again"]],
    ]);
    expect(Object.keys(listed[0]?.verification ?? {})).to.deep.equal(
      Object.keys((await store.read.selectFrom("verifications").selectAll().executeTakeFirst()) ?? {}),
    );
  });
});
