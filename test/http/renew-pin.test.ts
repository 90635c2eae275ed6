import { expect } from "chai";
import { beginInboundAttempt } from "../../src/acts/begin-inbound-call.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import { findVerificationBySeq } from "../../src/store/verifications.js";
import type { Ruling } from "../../src/verification/ruling.js";
import type { Answer } from "../support/https-client.js";
import { type ApiFixture, LIMITS, startApi } from "../support/api-fixture.js";
import { NUMBER } from "../support/verification-rows.js";

const DID = "+81312340000";
const [PIN, OTHER, WRONG] = ["8265", "5093", "0000"];
const RULES = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID] };
const EVIDENCE = {
  from: null,
  p_asserted_identity: null,
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};

describe("POST /v1/enrollments/{id}/pin", () => {
  let fixture: ApiFixture;

  beforeEach(async () => {
    fixture = await startApi();
    const body = { id: "member", phone_number: NUMBER, pin: PIN };
    expect((await fixture.api.post("/v1/enrollments", body)).status).to.equal(201);
  });
  afterEach(() => fixture.stop());

  const renew = (pin: unknown, id = "member"): Promise<Answer> =>
    fixture.api.post(`/v1/enrollments/${id}/pin`, { pin });
  const enrollment = async (): Promise<Record<string, unknown>> =>
    (await fixture.api.get("/v1/enrollments/member")).json;
  let calls = 0;

  /** A call whose number the network has proved. */
  async function comes(): Promise<number> {
    const evidence = { ...EVIDENCE, p_asserted_identity: `tel:${NUMBER}` };
    const caller = { number: NUMBER, did: DID, evidence };
    const match = await beginInboundAttempt(
      fixture.store,
      `call-${String(++calls)}`,
      caller,
      RULES,
      Date.now(),
    );
    if (match === undefined) throw new Error("the number is not enrolled");
    return match.verification.seq;
  }
  const keys = (seq: number, digits: string): Promise<Ruling> =>
    ruleEntry(fixture.store, seq, { kind: "code", digits }, LIMITS, Date.now(), "proved");
  async function locks(): Promise<void> {
    const most = LIMITS.maxWrongPins;
    await fixture.store.write((db) =>
      db.updateTable("enrollments").set({ wrong_pins_proved: most }).execute(),
    );
  }

  it("sets another PIN: the old one is worth nothing, and what was open with it is canceled", async () => {
    const before = await comes();
    const { status, json } = await renew(OTHER);
    expect(status).to.equal(200);
    expect(json).to.include({ id: "member", has_pin: true, pin_locked: null });
    expect((await findVerificationBySeq(fixture.store.read, before))?.status).to.equal("canceled");
    const after = await comes();
    expect(await keys(after, PIN)).to.deep.equal({ kind: "wrong", triesLeft: 2 });
    expect(await keys(after, OTHER)).to.deep.equal({ kind: "verified" });
  });

  it("unlocks a PIN that has come to its end, of which the enrollment tells", async () => {
    await locks();
    expect(await enrollment()).to.include({ pin_locked: "all" });
    expect((await renew(OTHER)).status).to.equal(200);
    expect(await enrollment()).to.include({ pin_locked: null });
    expect(await keys(await comes(), OTHER)).to.deep.equal({ kind: "verified" });
  });

  it("does not take the same PIN again once wrong ones were keyed: they would be forgotten", async () => {
    expect((await renew(PIN)).status, "nothing to forget").to.equal(200);
    await keys(await comes(), WRONG);
    const { status, json } = await renew(PIN);
    expect(status).to.equal(400);
    expect(json["errors"]).to.have.length(1);
    expect((await renew(OTHER)).status).to.equal(200);
    expect((await renew(OTHER)).status, "sent once more").to.equal(200);
  });

  it("changes what a repeated enrollment is compared with", async () => {
    await renew(OTHER);
    const body = { id: "member", phone_number: NUMBER };
    expect((await fixture.api.post("/v1/enrollments", { ...body, pin: OTHER })).status).to.equal(200);
    expect((await fixture.api.post("/v1/enrollments", { ...body, pin: PIN })).status).to.equal(409);
  });

  it("refuses what is no PIN, an unknown id, and another client's", async () => {
    for (const pin of ["123", "12345678901", "12a4", 8265, undefined]) {
      expect((await renew(pin)).status, String(pin)).to.equal(400);
    }
    expect((await renew(OTHER, "nobody")).json).to.include({ code: "enrollment_not_found" });
    const other = await fixture.newClient("other");
    const { status } = await other.post("/v1/enrollments/member/pin", { pin: OTHER });
    expect(status).to.equal(404);
  });
});
