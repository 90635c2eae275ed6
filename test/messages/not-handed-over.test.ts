import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import type { SendOutcome } from "../../src/sms/sms-sender.js";
import { LIMITS } from "../support/api-fixture.js";
import { codeIn } from "../support/fake-sms-sender.js";
import { CHAIN, MessagesStage } from "./messages-stage.js";

describe("messages that are not handed over", () => {
  const stage = MessagesStage.each();
  const { post, shown, row, outcome } = stage;

  it("has until the next leg to be taken, and until its end where there is none", async () => {
    await post({ id: "a", ...CHAIN });
    expect(await stage.sender.message(1)).to.include({
      expiresAt: stage.now + 300_000,
      giveUpAt: stage.now + 60_000,
    });
    await post({ id: "b", channel: "sms", phone_number: "090-1234-9999" });
    expect(await stage.sender.message(2)).to.include({
      expiresAt: stage.now + 300_000,
      giveUpAt: stage.now + 300_000,
    });
  });

  it("is due once more after a stop, as if it had not been begun", async () => {
    stage.sender.answer(() => Promise.resolve({ kind: "withdrawn", why: "halted" }));
    await post({ id: "a", channel: "sms" });
    const message = await stage.sender.message();
    await stage.under.stop();
    expect(await shown("a")).to.deep.include({ status: "pending", attempts: [] });
    expect(await row("a")).to.include({ attempts_made: 0, next_attempt_at: stage.now });
    await stage.again();
    expect(codeIn(await stage.sender.message())).to.equal(codeIn(message));
    expect((await outcome("a", "sent")).attempts).to.have.length(1);
    const { json: usage } = await stage.fixture.api.get("/v1/usage");
    expect(usage["lines"]).to.deep.include({
      ...{ service: "sms", item: "unit", line_type: null, units: 1, seconds: null, price: 18, amount: 18 },
    });
  });

  it("is canceled, and costs nothing, when its verification was canceled while it waited", async () => {
    let withdraw: (outcome: SendOutcome) => void = () => undefined;
    stage.sender.answer(() => new Promise((resolve) => (withdraw = resolve)));
    await post({ id: "a", channel: "sms" });
    const { isWanted } = await stage.sender.message();
    expect(await isWanted()).to.equal(true);
    await stage.fixture.api.post("/v1/verifications/a/cancel", {});
    expect(await isWanted()).to.equal(false);
    withdraw({ kind: "withdrawn", why: "unwanted" });
    const ended = await outcome("a", "canceled");
    expect(ended).to.include({ status: "canceled" });
    const { json: usage } = await stage.fixture.api.get("/v1/usage");
    expect(JSON.stringify(usage["lines"])).not.to.include('"service":"sms","item":"unit"');
  });

  it("keeps no call from the number", async () => {
    stage.sender.answer(() => new Promise(() => undefined));
    await post({ id: "a", channel: "sms" });
    await stage.sender.message();
    await post({ id: "b", code: "1234" });
    const { seq } = await row("b");
    expect(await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now)).to.include({
      status: "in_progress",
    });
  });
});
