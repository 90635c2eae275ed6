import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import { beginMessage } from "../../src/acts/begin-message.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { revealCode } from "../../src/acts/reveal-code.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { listDueBy } from "../../src/store/verifications.js";
import { CALL_LIMITS, LIMITS } from "../support/api-fixture.js";
import { accepted, codeIn, REFUSED, UNKNOWN } from "../support/fake-sms-sender.js";
import { CHAIN, MessagesStage, SECOND } from "./messages-stage.js";

describe("messages", () => {
  const stage = MessagesStage.each();
  const { post, check, resend, shown, row, until, outcome, events, set } = stage;

  describe("registered", () => {
    it("sends the code, and the check verifies; the code is in no answer and no event", async () => {
      const registered = await post({ id: "a", channel: "sms" });
      expect(registered.status).to.equal(201);
      expect(registered.json)
        .to.include({ channel: "sms", method: "spoken" })
        .and.not.to.have.property("code");
      const message = await stage.sender.message();
      expect(message).to.include({ to: "+819012345678", expiresAt: stage.now + 300_000 });
      const sent = await outcome("a", "sent");
      expect(sent.attempts[0]).to.include({ channel: "sms", gateway: "fake", parts: 1, gateway_error: null });
      expect(sent).to.include({ status: "pending", next: null });
      expect((await check("a", codeIn(message))).json).to.include({ status: "verified" });
      expect(await events()).to.deep.equal(["verification.created", "message.sent", "verification.verified"]);
      expect(stage.fixture.logged()).not.to.include(codeIn(message)).and.not.to.include("9012345678");
    });

    it("is refused without a gateway, to what is no mobile number, and where it makes no sense", async () => {
      const refused = async (body: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
        const { status, json } = await post({ channel: "sms", ...body });
        return [status, json["code"]];
      };
      expect(await refused({ phone_number: "03-1234-5678" })).to.deep.equal([422, "not_a_mobile_number"]);
      expect(await refused({ direction: "inbound" })).to.deep.equal([400, "invalid_request"]);
      expect(await refused({ method: "keypad" })).to.deep.equal([400, "invalid_request"]);
      expect(await refused({ channels: ["sms"] }), "both").to.deep.equal([400, "invalid_request"]);
      expect(await refused({ channel: undefined, channels: [] })).to.deep.equal([400, "invalid_request"]);
      const tooLong = { channel: undefined, channels: [{ channel: "sms", seconds: 301 }] };
      expect(await refused(tooLong)).to.deep.equal([400, "invalid_request"]);
      const paid = { amount: "12000", currency: "JPY", payee: "Acme", reference: "order-7" };
      expect(await refused({ transaction: paid }), "no message tells it").to.deep.equal([
        400,
        "invalid_request",
      ]);
      const chain = { channel: undefined, channels: ["voice", "sms"], transaction: paid };
      expect(await refused(chain), "nor a leg").to.deep.equal([400, "invalid_request"]);
      stage.isReady = false;
      expect(await refused({})).to.deep.equal([422, "channel_not_available"]);
      stage.isReady = true;
      await set({ channels: ["voice"] });
      expect(await refused({})).to.deep.equal([403, "not_permitted"]);
      expect(stage.sender.sent).to.deep.equal([]);
    });

    it("is the same once more, and another with another chain", async () => {
      expect((await post({ id: "a", ...CHAIN })).status).to.equal(201);
      expect((await post({ id: "a", channels: ["sms", "voice"] })).status, "60 is usual").to.equal(200);
      expect((await post({ id: "a", channels: ["voice", "sms"] })).status).to.equal(409);
      expect((await post({ id: "a", channels: [{ channel: "sms", seconds: 61 }, "voice"] })).status).to.equal(
        409,
      );
    });

    it("may be checked while it is handed over, and not once it was certainly not sent", async () => {
      let answer: (() => void) | undefined;
      stage.sender.answer(
        () =>
          new Promise((resolve) => {
            answer = () => {
              resolve(REFUSED);
            };
          }),
      );
      await post({ id: "a", ...CHAIN });
      const message = await stage.sender.message();
      expect((await check("a", "000000")).json).to.include({ code_entries: 1 });
      answer?.();
      await outcome("a", "failed");
      expect((await check("a", codeIn(message))).json).to.include({ code: "check_too_early" });
    });
  });

  describe("what becomes of it", () => {
    it("fails without another channel when no gateway takes it, and costs nothing", async () => {
      stage.sender.answer(() => Promise.resolve(REFUSED));
      await post({ id: "a", channel: "sms" });
      const failed = await outcome("a", "failed");
      expect(failed).to.include({ status: "failed", reason: "service_unavailable" });
      expect(failed.attempts[0]).to.include({ gateway_error: "no_credit" });
      expect(await events()).to.deep.equal(["verification.created", "message.failed", "verification.failed"]);
      const { amount } = await stage.fixture.store.read
        .selectFrom("counters")
        .select("amount")
        .where("scope", "=", "spent/cli_acme")
        .executeTakeFirstOrThrow();
      expect(amount).to.equal(0);
    });

    it("is awaited when nobody knows whether it went, and never sent again", async () => {
      stage.sender.answer(() => Promise.resolve(UNKNOWN));
      await post({ id: "a", channel: "sms" });
      expect(await outcome("a", "unknown")).to.include({ status: "pending", next: null });
      expect((await check("a", codeIn(await stage.sender.message()))).json).to.include({
        status: "verified",
      });
      expect(stage.sender.sent).to.have.length(1);
    });

    it("is told of when it is delivered, once, also after the verification's end", async () => {
      await post({ id: "a", channel: "sms" });
      const { id } = await stage.sender.message();
      await outcome("a", "sent");
      await stage.fixture.api.post("/v1/verifications/a/cancel", {});
      expect(await stage.sender.report(id, "delivered")).to.equal(true);
      expect(await stage.sender.report(id, "delivered"), "again").to.equal(true);
      expect(await stage.sender.report(id, "undelivered"), "too late").to.equal(true);
      expect(await stage.sender.report("nobody's", "delivered")).to.equal(false);
      const { attempts, status } = await shown("a");
      expect(status).to.equal("canceled");
      expect(attempts[0])
        .to.include({ outcome: "delivered" })
        .and.to.have.property("delivered_at")
        .a("string");
      expect((await events()).filter((type) => type === "message.delivered")).to.have.length(1);
    });

    it("fails when it did not arrive and there is no other channel", async () => {
      await post({ id: "a", channel: "sms" });
      const { id } = await stage.sender.message();
      await outcome("a", "sent");
      await stage.sender.report(id, "undelivered", "absent");
      expect(await shown("a")).to.include({ status: "failed", reason: "unreachable" });
      expect(await events()).to.include("message.failed");
    });

    it("has a report wait for the answer that it has overtaken", async () => {
      let report: Promise<boolean> | undefined;
      stage.sender.answer((message) => {
        report = stage.sender.report(message.id, "delivered");
        return Promise.resolve(accepted(message.id));
      });
      await post({ id: "a", channel: "sms" });
      await outcome("a", "delivered");
      expect(await report).to.equal(true);
    });

    it("has its outcome and its report written when the database takes them again", async () => {
      let refusals = 2;
      let reported: Promise<boolean> | undefined;
      stage.sender.answer((message) => {
        stage.under.refuse(() => {
          refusals -= 1;
          return refusals >= 0 ? new StoreUnavailableError("locked") : null;
        });
        reported = stage.sender.report(message.id, "delivered");
        return Promise.resolve(accepted(message.id));
      });
      await post({ id: "a", channel: "sms" });
      await outcome("a", "delivered");
      expect(await reported).to.equal(true);
      expect(stage.sender.sent).to.have.length(1);
    });
  });

  describe("a chain", () => {
    it("has the call begin when the code is not used in time, with the same code", async () => {
      await post({ id: "a", ...CHAIN });
      const message = await stage.sender.message();
      const sent = await outcome("a", "sent");
      expect(sent.next).to.deep.equal({
        channel: "voice",
        at: new Date(stage.now + 60 * SECOND).toISOString(),
      });
      const { seq } = await row("a");
      const { store } = stage.fixture;
      expect(await beginAttempt(store, seq, "early", LIMITS, stage.now + 59 * SECOND)).to.equal(undefined);
      stage.now += 60 * SECOND;
      expect((await listDueBy(store.read, "voice", stage.now)).map((due) => due.seq)).to.deep.equal([seq]);
      expect(await beginAttempt(store, seq, "call", LIMITS, stage.now)).to.include({ status: "in_progress" });
      expect(await revealCode(store, seq, stage.now)).to.deep.equal({ kind: "code", code: codeIn(message) });
    });

    it("has the call begin at once when the message did not arrive or was not taken", async () => {
      await post({ id: "a", ...CHAIN });
      const { id } = await stage.sender.message();
      await outcome("a", "sent");
      stage.now += SECOND;
      await stage.sender.report(id, "undelivered");
      expect((await shown("a")).next).to.deep.equal({
        channel: "voice",
        at: new Date(stage.now).toISOString(),
      });
      for (const [own, answer] of [["b", REFUSED] as const, ["c", UNKNOWN] as const]) {
        stage.sender.answer(() => Promise.resolve(answer));
        await post({ id: own, ...CHAIN, phone_number: `0901111000${own === "b" ? 1 : 2}` });
        const { next } = await until(
          own,
          ({ attempts }) => attempts[0]?.["outcome"] !== null && attempts.length > 0,
        );
        expect(next).to.deep.equal({ channel: "voice", at: new Date(stage.now).toISOString() });
      }
    });

    it("goes from a call that nobody answered to a message at once, and awaits the check after the last", async () => {
      await post({ id: "a", channels: ["voice", "sms"] });
      const { seq } = await row("a");
      await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
      const end = { outcome: "no_answer" as const, sipStatus: null, q850Cause: null };
      await endAttempt(stage.fixture.store, seq, "call", end, 5000, stage.now);
      const { text } = await stage.sender.message();
      expect(await outcome("a", "sent", 2)).to.include({ status: "pending", next: null });
      expect((await check("a", /\d{6}/.exec(text)?.[0] ?? "")).json).to.include({ status: "verified" });
    });

    it("is awaited after a last call that nobody answered, where a message has gone", async () => {
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      stage.now += 60 * SECOND;
      const { seq } = await row("a");
      await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
      const end = { outcome: "no_answer" as const, sipStatus: null, q850Cause: null };
      await endAttempt(stage.fixture.store, seq, "call", end, 5000, stage.now);
      expect(await shown("a")).to.include({ status: "pending", next: null });
    });

    it("fails as its last channel did where the code was never told", async () => {
      stage.sender.answer(() => Promise.resolve(REFUSED));
      await post({ id: "a", ...CHAIN });
      await outcome("a", "failed");
      const { seq } = await row("a");
      await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
      await endAttempt(
        stage.fixture.store,
        seq,
        "call",
        { outcome: "busy", sipStatus: 486, q850Cause: 17 },
        5000,
        stage.now,
      );
      expect(await shown("a")).to.include({ status: "failed", reason: "busy" });
    });

    it("ends with the right code: nothing more is sent", async () => {
      await post({ id: "a", ...CHAIN });
      const message = await stage.sender.message();
      await outcome("a", "sent");
      await check("a", codeIn(message));
      stage.now += 60 * SECOND;
      expect(await listDueBy(stage.fixture.store.read, "voice", stage.now)).to.deep.equal([]);
      expect((await shown("a")).next).to.equal(null);
    });
  });

  describe("asked for again", () => {
    it("goes at once by the other channel, and never beside a call", async () => {
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      stage.now += 10 * SECOND;
      expect((await resend("a", "voice")).json["next"]).to.deep.equal({
        channel: "voice",
        at: new Date(stage.now).toISOString(),
      });
      const { seq } = await row("a");
      await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
      expect((await resend("a", "sms")).json).to.include({ code: "attempt_in_progress" });
    });

    it("is sent once more with the same code, and with a new one where the client wants that", async () => {
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      await resend("a", "sms");
      await outcome("a", "sent", 2);
      const [first, second] = [await stage.sender.message(1), await stage.sender.message(2)];
      expect(codeIn(second)).to.equal(codeIn(first));
      await set({ new_code_each_time: true });
      await resend("a", "sms");
      await outcome("a", "sent", 3);
      const third = codeIn(await stage.sender.message(3));
      expect(third).not.to.equal(codeIn(first));
      expect((await check("a", codeIn(first))).json).to.include({ code_entries: 1 });
      expect((await check("a", third)).json).to.include({ status: "verified", code_entries: 2 });
    });

    it("is refused where it does not apply", async () => {
      await post({ id: "keyed", code: "1234" });
      expect((await resend("keyed", "voice")).json).to.include({ code: "resend_not_applicable" });
      await post({ id: "a", channel: "sms" });
      await outcome("a", "sent");
      expect((await resend("a", "voice")).json).to.include({ code: "resend_not_applicable" });
      expect((await resend("a", "fax")).json).to.include({ code: "invalid_request" });
      expect((await resend("none", "sms")).json).to.include({ code: "verification_not_found" });
      stage.isReady = false;
      expect((await resend("a", "sms")).json).to.include({ code: "channel_not_available" });
      stage.isReady = true;
      await stage.fixture.api.post("/v1/verifications/a/cancel", {});
      expect((await resend("a", "sms")).json).to.include({ code: "verification_ended" });
    });
  });

  describe("held back", () => {
    it("counts wrong codes of both channels against the number", async () => {
      await post({ id: "a", channel: "sms", max_code_entries: 5 });
      await outcome("a", "sent");
      for (let nth = 0; nth < 2; nth++) await check("a", "000000");
      await stage.fixture.api.post("/v1/verifications/a/cancel", {});
      await post({ id: "b", method: "spoken", max_code_entries: 5, code: "271828" });
      const { seq } = await row("b");
      await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
      await revealCode(stage.fixture.store, seq, stage.now);
      for (let nth = 0; nth < 3; nth++) await check("b", "000000");
      expect(await shown("b")).to.include({ status: "failed", reason: "wrong_code" });
      expect((await post({ channel: "sms" })).json).to.include({ code: "number_not_allowed" });
    });

    it("is bounded per number together with calls, and told so", async () => {
      await stage.stop();
      await stage.start({ ...CALL_LIMITS, perNumberPerHour: 2 });
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      await resend("a", "sms");
      await outcome("a", "sent", 2);
      expect((await resend("a", "voice")).json).to.include({ code: "too_many_calls_to_number" });
      expect((await post({ channel: "sms" })).json).to.include({ code: "too_many_calls_to_number" });
    });

    it("is bounded per block of numbers", async () => {
      await stage.stop();
      await stage.start({ ...CALL_LIMITS, perBlockPerHour: 1 });
      expect((await post({ channel: "sms" })).status).to.equal(201);
      const other = await post({ channel: "sms", phone_number: "090-1234-9999" });
      expect(other.json).to.include({ code: "too_many_calls_to_prefix" });
    });

    it("is bounded by the budget, by its parts", async () => {
      await stage.stop();
      await stage.start({ ...CALL_LIMITS, budget: { day: 40, month: null } });
      await set({ sms_domain: "a-rather-long-domain-name-for-a-company.example" });
      await post({ id: "a", channel: "sms" });
      expect((await outcome("a", "sent")).attempts[0]).to.include({ parts: 2 });
      // 36 of 40 yen are spent.
      const { json } = await post({ channel: "sms", phone_number: "090-1234-9999" });
      expect(json).to.include({ code: "budget_exhausted" });
      const { json: usage } = await stage.fixture.api.get("/v1/usage");
      expect(usage["lines"]).to.deep.include({
        ...{ service: "sms", item: "unit", line_type: null, units: 2, seconds: null, price: 18, amount: 36 },
      });
    });
  });

  it("begins one of a thousand at once, and no two for one verification", async () => {
    stage.under.halt();
    await post({ id: "a", channel: "sms" });
    const { seq } = await row("a");
    const begun = await Promise.all(
      Array.from({ length: 1000 }, (_, nth) =>
        beginMessage(stage.fixture.store, seq, `m-${nth}`, LIMITS, stage.now),
      ),
    );
    expect(begun.filter((one) => one !== undefined)).to.have.length(1);
    expect((await shown("a")).attempts).to.have.length(1);
  });

  it("are sent once each, thirty verifications at once", async () => {
    const ids = Array.from({ length: 30 }, (_, nth) => String(nth).padStart(4, "0"));
    await Promise.all(ids.map((id) => post({ id, channel: "sms", phone_number: `0902222${id}` })));
    for (const id of ids) await outcome(id, "sent");
    expect(new Set(stage.sender.sent.map(({ to }) => to)).size).to.equal(30);
    expect(stage.sender.sent).to.have.length(30);
  });
});
