import { expect } from "chai";
import { eraseNumber } from "../../src/acts/erase-number.js";
import { listAudit, verifyAudit } from "../../src/store/audit.js";
import { databasePlace } from "../../src/store/dialects.js";
import { sealEvidence } from "../../src/store/sealed-columns.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { namesNumber } from "../../src/verification/names-number.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import { databaseUrlOf, storedBytes } from "../support/test-database.js";

const NOW = 1_800_000_000_000;
const NUMBER = "+819012345678" as E164;
/** As people and programs write it. */
const SPELLINGS = [
  "09012345678",
  "+819012345678",
  "819012345678",
  "090-1234-5678",
  "０９０１２３４５６７８",
  "+81 90-1234-5678",
];
const OTHER = "08011112222";

describe("erasing a number", () => {
  let fixture: ApiFixture;
  let now = NOW;
  /** Spellings of the number, and its keyed index, that stand in what is stored. */
  const found = async (): Promise<string[]> => {
    const stored = await storedBytes(fixture.dataDir, fixture.store);
    const sought = [
      ...SPELLINGS.map((spelling) => [spelling, Buffer.from(spelling, "utf8")] as const),
      ["the index", fixture.store.vault.indexNumber(NUMBER)] as const,
    ];
    return sought
      .filter(([, needle]) => stored.some((bytes) => bytes.includes(needle)))
      .map(([name]) => name);
  };
  const register = async (body: Record<string, unknown>, key?: string): Promise<string> => {
    const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
    const { status, json, text } = await fixture.api.post("/v1/verifications", body, { headers });
    expect(status, text).to.equal(201);
    return String(json["id"]);
  };
  const endAll = (): Promise<unknown> =>
    fixture.store.write((db) =>
      db
        .updateTable("verifications")
        .set({
          status: "verified",
          completed_at: now,
          next_attempt_at: null,
          code_hash: null,
          code_cipher: null,
        })
        .execute(),
    );

  beforeEach(async () => {
    now = NOW;
    fixture = await startApi(() => now);
  });
  afterEach(() => fixture.stop());

  it("leaves no spelling of it in the database or its log, and what others have as it is", async () => {
    const { store, api } = fixture;
    const own = await register(
      { id: "09012345678", phone_number: "090-1234-5678", metadata: { tel: "090-1234-5678" } },
      "k",
    );
    const seq = (await store.read.selectFrom("verifications").select("seq").executeTakeFirstOrThrow()).seq;
    // Of a member of the family, whose record names this number too.
    await register({
      id: "other",
      phone_number: OTHER,
      metadata: { contact: "０９０１２３４５６７８", plan: "A" },
    });
    await api.post("/v1/enrollments", {
      id: "member",
      phone_number: "+81 90-1234-5678",
      metadata: { tel: "+819012345678" },
    });
    const evidence = {
      ...{ from: NUMBER, p_asserted_identity: "+818011112222", agree: false, privacy: null, trunk: "trunk" },
      ...{ stir_shaken: null, withheld_reason: null },
    };
    await store.write(async (db) => {
      const [of] = await db.selectFrom("verifications").select("seq").where("id", "=", "other").execute();
      for (const [id, verification_seq] of [
        ["call 1", seq],
        ["call 2", of!.seq],
      ] as const) {
        const times = { started_at: now, answered_at: now, ended_at: now, outcome: "answered" as const };
        const sealed = sealEvidence(store.vault, id, evidence);
        const call = {
          id,
          verification_seq,
          direction: "outbound" as const,
          caller_evidence: sealed,
          ...times,
        };
        await db.insertInto("attempts").values(call).execute();
      }
    });
    await endAll();
    const bill = (): ReturnType<typeof api.get> => api.get("/v1/usage?month=2027-01");
    const billed = (await bill()).json;
    expect(JSON.stringify(billed)).to.contain("outbound");
    expect(await found(), "the test can find it").to.include.members([
      "09012345678",
      "090-1234-5678",
      "the index",
    ]);

    const erased = await eraseNumber(store, NUMBER, "sato", now);
    expect(
      await databasePlace(fixture.dataDir, await databaseUrlOf(fixture.dataDir)).copies.emptyLog(),
    ).to.equal(true);
    expect(erased).to.include({
      verifications: 1,
      enrollments: 1,
      idempotencyKeys: 1,
      mentions: 2,
      open: false,
    });
    expect(erased.events).to.be.greaterThan(0);
    expect(await found()).to.deep.equal([]);

    expect((await api.get(`/v1/verifications/${own}`)).status).to.equal(404);
    const { data } = (await api.get("/v1/verifications?phone_number=09012345678")).json as {
      data: unknown[];
    };
    expect(data).to.deep.equal([]);
    const other = await api.get("/v1/verifications/other");
    expect(other.json).to.deep.include({ phone_number: "+818011112222", metadata: { plan: "A" } });
    expect(other.json["attempts"]).to.have.length(1);
    // It was used and is billed, and nobody can tell for whom.
    expect((await bill()).json).to.deep.equal(billed);
    const rows = (await api.get("/v1/verifications")).json as {
      data: { id: string; phone_number: string }[];
    };
    expect(rows.data.find(({ id }) => id.startsWith("erased-"))).to.include({ phone_number: "********" });
    const [line] = await listAudit(store.read, { limit: 1 });
    expect(line).to.include({ act: "number.erased", target: "number" });
    expect(JSON.parse(line!.details)).to.include({ by: "sato", verifications: "1" });
    expect(await verifyAudit(store.read, store.vault)).to.include({ brokenAt: null });
  });

  it("leaves one that is open to its end, and says that it has to be done again", async () => {
    const { store } = fixture;
    await register({ phone_number: "09012345678" });
    expect(await eraseNumber(store, NUMBER, "sato", now)).to.include({ verifications: 0, open: true });
    await endAll();
    expect(await eraseNumber(store, NUMBER, "sato", now)).to.include({ verifications: 1, open: false });
    expect(await eraseNumber(store, NUMBER, "sato", now)).to.include({ verifications: 0, events: 0 });
  });

  it("knows a number by all its spellings, and takes no other for it", () => {
    const names = namesNumber(NUMBER);
    for (const spelling of [...SPELLINGS, "tel:+81-90-1234-5678", '{"a":"(090) 1234 5678"}'])
      expect(names(spelling), spelling).to.equal(true);
    for (const other of [
      "09012345679",
      "",
      "customer 12345678",
      '{"a":"090","b":"12345678"}',
      "+818012345678",
    ])
      expect(names(other), other).to.equal(false);
  });
});
