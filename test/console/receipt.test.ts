import { expect } from "chai";
import { decodeJwt } from "jose";
import type { Person } from "./console-fixture.js";
import { ACME, OTHER, VerificationFixture } from "./verification-fixture.js";

describe("receipts in the console", () => {
  let fixture: VerificationFixture;
  let viewer: Person;

  beforeEach(async () => {
    fixture = await VerificationFixture.start();
    viewer = await fixture.console.person("watanabe", "viewer");
  });
  afterEach(() => fixture.stop());

  it("are a file, with the number's hash alone, of what has ended", async () => {
    const ended = { status: "verified", completed_at: fixture.console.now } as const;
    await fixture.add("one", ended);
    await fixture.add("open");
    const answer = await viewer.browser.get(`/api/verifications/${ACME.id}/one/receipt`);
    expect(answer.status).to.equal(200);
    expect(answer.headers["content-disposition"]).to.equal("attachment; filename=receipt-one.jwt");
    const claims = decodeJwt(answer.text.trim());
    expect(claims).to.include({ sub: "one", aud: ACME.id, status: "verified" });
    expect(claims).to.have.property("phone_number_hash");
    expect(claims).not.to.have.property("phone_number");
    const open = await viewer.browser.get(`/api/verifications/${ACME.id}/open/receipt`);
    expect(open.json).to.include({ code: "conflict" });
    const none = await viewer.browser.get(`/api/verifications/${OTHER.id}/one/receipt`);
    expect(none.json).to.include({ code: "not_found" });
  });
});
