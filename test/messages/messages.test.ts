import { expect } from "chai";
import { once } from "node:events";
import { beginAttempt } from "../../src/acts/begin-attempt.js";
import { beginMessage } from "../../src/acts/begin-message.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { revealCode } from "../../src/acts/reveal-code.js";
import type { CallLimits } from "../../src/clients/call-limits.js";
import { listEventsAfter } from "../../src/store/events.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { findVerification, listDueBy, type VerificationRow } from "../../src/store/verifications.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { type ApiFixture, CALL_LIMITS, LIMITS, startApi } from "../support/api-fixture.js";
import { accepted, codeIn, type FakeSmsSender, REFUSED, UNKNOWN } from "../support/fake-sms-sender.js";
import type { Answer } from "../support/https-client.js";
import { startMessages, type MessagesUnderTest } from "../support/messages-under-test.js";

const NUMBER = "090-1234-5678";
const SECOND = 1000;

interface Shown {
  readonly status: string;
  readonly reason: string | null;
  readonly next: { readonly channel: string; readonly at: string } | null;
  readonly attempts: readonly Readonly<Record<string, unknown>>[];
}

describe("messages", () => {
  let fixture: ApiFixture;
  let under: MessagesUnderTest;
  let sender: FakeSmsSender;
  let now: number;
  let isReady: boolean;

  const start = async (calls: CallLimits = CALL_LIMITS): Promise<void> => {
    now = 1_800_000_000_000;
    isReady = true;
    fixture = await startApi(() => now, undefined, { calls, smsAvailable: () => isReady });
    under = await startMessages(fixture.store, () => now, { ...LIMITS, calls });
    sender = under.sender;
  };
  const stop = async (): Promise<void> => {
    await under.stop();
    await fixture.stop();
  };
  beforeEach(() => start());
  afterEach(stop);

  const post = (body: Readonly<Record<string, unknown>>): Promise<Answer> =>
    fixture.api.post("/v1/verifications", { phone_number: NUMBER, ...body });
  const check = (id: string, code: string): Promise<Answer> =>
    fixture.api.post(`/v1/verifications/${id}/check`, { code });
  const resend = (id: string, channel: string): Promise<Answer> =>
    fixture.api.post(`/v1/verifications/${id}/resend`, { channel });
  const shown = async (id: string): Promise<Shown> =>
    (await fixture.api.get(`/v1/verifications/${id}`)).json as unknown as Shown;
  const row = async (id: string): Promise<VerificationRow> => {
    const found = await findVerification(fixture.store.read, "cli_acme", id);
    if (found === undefined) throw new Error(`no verification ${id}`);
    return found;
  };
  /** Waits until the database says so. */
  const until = async (id: string, holds: (shown: Shown) => boolean): Promise<Shown> => {
    for (;;) {
      // What becomes of a message is told of in the same commit.
      const enough = new AbortController();
      const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const more = once(fixture.store.hints, "event", { signal });
      const result = await shown(id);
      if (holds(result)) {
        more.catch(() => undefined);
        enough.abort();
        return result;
      }
      await more;
    }
  };
  const outcome = (id: string, word: string, nth = 1): Promise<Shown> =>
    until(id, ({ attempts }) => attempts[nth - 1]?.["outcome"] === word);
  const events = async (): Promise<string[]> =>
    (await listEventsAfter(fixture.store.read, fixture.store.vault, "cli_acme", 0, 1000)).map(
      ({ type }) => type,
    );
  const set = (changes: Readonly<Record<string, unknown>>): Promise<void> =>
    fixture.store.write((db) => changeClientSettings(db, "cli_acme", changes));
  const CHAIN = { channels: [{ channel: "sms", seconds: 60 }, "voice"] };

  describe("registered", () => {
    it("sends the code, and the check verifies; the code is in no answer and no event", async () => {
      const registered = await post({ id: "a", channel: "sms" });
      expect(registered.status).to.equal(201);
      expect(registered.json)
        .to.include({ channel: "sms", method: "spoken" })
        .and.not.to.have.property("code");
      const message = await sender.message();
      expect(message).to.include({ to: "+819012345678", expiresAt: now + 300_000 });
      const sent = await outcome("a", "sent");
      expect(sent.attempts[0]).to.include({ channel: "sms", gateway: "fake", parts: 1, gateway_error: null });
      expect(sent).to.include({ status: "pending", next: null });
      expect((await check("a", codeIn(message))).json).to.include({ status: "verified" });
      expect(await events()).to.deep.equal(["verification.created", "message.sent", "verification.verified"]);
      expect(fixture.logged()).not.to.include(codeIn(message)).and.not.to.include("9012345678");
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
      isReady = false;
      expect(await refused({})).to.deep.equal([422, "channel_not_available"]);
      isReady = true;
      await set({ channels: ["voice"] });
      expect(await refused({})).to.deep.equal([403, "not_permitted"]);
      expect(sender.sent).to.deep.equal([]);
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
      sender.answer(
        () =>
          new Promise((resolve) => {
            answer = () => {
              resolve(REFUSED);
            };
          }),
      );
      await post({ id: "a", ...CHAIN });
      const message = await sender.message();
      expect((await check("a", "000000")).json).to.include({ code_entries: 1 });
      answer?.();
      await outcome("a", "failed");
      expect((await check("a", codeIn(message))).json).to.include({ code: "check_too_early" });
    });
  });

  describe("what becomes of it", () => {
    it("fails without another channel when no gateway takes it, and costs nothing", async () => {
      sender.answer(() => Promise.resolve(REFUSED));
      await post({ id: "a", channel: "sms" });
      const failed = await outcome("a", "failed");
      expect(failed).to.include({ status: "failed", reason: "service_unavailable" });
      expect(failed.attempts[0]).to.include({ gateway_error: "no_credit" });
      expect(await events()).to.deep.equal(["verification.created", "message.failed", "verification.failed"]);
      const { amount } = await fixture.store.read
        .selectFrom("counters")
        .select("amount")
        .where("scope", "=", "spent/cli_acme")
        .executeTakeFirstOrThrow();
      expect(amount).to.equal(0);
    });

    it("is awaited when nobody knows whether it went, and never sent again", async () => {
      sender.answer(() => Promise.resolve(UNKNOWN));
      await post({ id: "a", channel: "sms" });
      expect(await outcome("a", "unknown")).to.include({ status: "pending", next: null });
      expect((await check("a", codeIn(await sender.message()))).json).to.include({ status: "verified" });
      expect(sender.sent).to.have.length(1);
    });

    it("is told of when it is delivered, once, also after the verification's end", async () => {
      await post({ id: "a", channel: "sms" });
      const { id } = await sender.message();
      await outcome("a", "sent");
      await fixture.api.post("/v1/verifications/a/cancel", {});
      expect(await sender.report(id, "delivered")).to.equal(true);
      expect(await sender.report(id, "delivered"), "again").to.equal(true);
      expect(await sender.report(id, "undelivered"), "too late").to.equal(true);
      expect(await sender.report("nobody's", "delivered")).to.equal(false);
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
      const { id } = await sender.message();
      await outcome("a", "sent");
      await sender.report(id, "undelivered", "absent");
      expect(await shown("a")).to.include({ status: "failed", reason: "unreachable" });
      expect(await events()).to.include("message.failed");
    });

    it("has a report wait for the answer that it has overtaken", async () => {
      let report: Promise<boolean> | undefined;
      sender.answer((message) => {
        report = sender.report(message.id, "delivered");
        return Promise.resolve(accepted(message.id));
      });
      await post({ id: "a", channel: "sms" });
      await outcome("a", "delivered");
      expect(await report).to.equal(true);
    });

    it("has its outcome and its report written when the database takes them again", async () => {
      let refusals = 2;
      let reported: Promise<boolean> | undefined;
      sender.answer((message) => {
        under.refuse(() => {
          refusals -= 1;
          return refusals >= 0 ? new StoreUnavailableError("locked") : null;
        });
        reported = sender.report(message.id, "delivered");
        return Promise.resolve(accepted(message.id));
      });
      await post({ id: "a", channel: "sms" });
      await outcome("a", "delivered");
      expect(await reported).to.equal(true);
      expect(sender.sent).to.have.length(1);
    });
  });

  describe("a chain", () => {
    it("has the call begin when the code is not used in time, with the same code", async () => {
      await post({ id: "a", ...CHAIN });
      const message = await sender.message();
      const sent = await outcome("a", "sent");
      expect(sent.next).to.deep.equal({ channel: "voice", at: new Date(now + 60 * SECOND).toISOString() });
      const { seq } = await row("a");
      const { store } = fixture;
      expect(await beginAttempt(store, seq, "early", LIMITS, now + 59 * SECOND)).to.equal(undefined);
      now += 60 * SECOND;
      expect((await listDueBy(store.read, "voice", now)).map((due) => due.seq)).to.deep.equal([seq]);
      expect(await beginAttempt(store, seq, "call", LIMITS, now)).to.include({ status: "in_progress" });
      expect(await revealCode(store, seq, now)).to.deep.equal({ kind: "code", code: codeIn(message) });
    });

    it("has the call begin at once when the message did not arrive or was not taken", async () => {
      await post({ id: "a", ...CHAIN });
      const { id } = await sender.message();
      await outcome("a", "sent");
      now += SECOND;
      await sender.report(id, "undelivered");
      expect((await shown("a")).next).to.deep.equal({ channel: "voice", at: new Date(now).toISOString() });
      for (const [own, answer] of [["b", REFUSED] as const, ["c", UNKNOWN] as const]) {
        sender.answer(() => Promise.resolve(answer));
        await post({ id: own, ...CHAIN, phone_number: `0901111000${own === "b" ? 1 : 2}` });
        const { next } = await until(
          own,
          ({ attempts }) => attempts[0]?.["outcome"] !== null && attempts.length > 0,
        );
        expect(next).to.deep.equal({ channel: "voice", at: new Date(now).toISOString() });
      }
    });

    it("goes from a call that nobody answered to a message at once, and awaits the check after the last", async () => {
      await post({ id: "a", channels: ["voice", "sms"] });
      const { seq } = await row("a");
      await beginAttempt(fixture.store, seq, "call", LIMITS, now);
      const end = { outcome: "no_answer" as const, sipStatus: null, q850Cause: null };
      await endAttempt(fixture.store, seq, "call", end, 5000, now);
      const { text } = await sender.message();
      expect(await outcome("a", "sent", 2)).to.include({ status: "pending", next: null });
      expect((await check("a", /\d{6}/.exec(text)?.[0] ?? "")).json).to.include({ status: "verified" });
    });

    it("is awaited after a last call that nobody answered, where a message has gone", async () => {
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      now += 60 * SECOND;
      const { seq } = await row("a");
      await beginAttempt(fixture.store, seq, "call", LIMITS, now);
      const end = { outcome: "no_answer" as const, sipStatus: null, q850Cause: null };
      await endAttempt(fixture.store, seq, "call", end, 5000, now);
      expect(await shown("a")).to.include({ status: "pending", next: null });
    });

    it("fails as its last channel did where the code was never told", async () => {
      sender.answer(() => Promise.resolve(REFUSED));
      await post({ id: "a", ...CHAIN });
      await outcome("a", "failed");
      const { seq } = await row("a");
      await beginAttempt(fixture.store, seq, "call", LIMITS, now);
      await endAttempt(
        fixture.store,
        seq,
        "call",
        { outcome: "busy", sipStatus: 486, q850Cause: 17 },
        5000,
        now,
      );
      expect(await shown("a")).to.include({ status: "failed", reason: "busy" });
    });

    it("ends with the right code: nothing more is sent", async () => {
      await post({ id: "a", ...CHAIN });
      const message = await sender.message();
      await outcome("a", "sent");
      await check("a", codeIn(message));
      now += 60 * SECOND;
      expect(await listDueBy(fixture.store.read, "voice", now)).to.deep.equal([]);
      expect((await shown("a")).next).to.equal(null);
    });
  });

  describe("asked for again", () => {
    it("goes at once by the other channel, and never beside a call", async () => {
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      now += 10 * SECOND;
      expect((await resend("a", "voice")).json["next"]).to.deep.equal({
        channel: "voice",
        at: new Date(now).toISOString(),
      });
      const { seq } = await row("a");
      await beginAttempt(fixture.store, seq, "call", LIMITS, now);
      expect((await resend("a", "sms")).json).to.include({ code: "attempt_in_progress" });
    });

    it("is sent once more with the same code, and with a new one where the client wants that", async () => {
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      await resend("a", "sms");
      await outcome("a", "sent", 2);
      const [first, second] = [await sender.message(1), await sender.message(2)];
      expect(codeIn(second)).to.equal(codeIn(first));
      await set({ new_code_each_time: true });
      await resend("a", "sms");
      await outcome("a", "sent", 3);
      const third = codeIn(await sender.message(3));
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
      isReady = false;
      expect((await resend("a", "sms")).json).to.include({ code: "channel_not_available" });
      isReady = true;
      await fixture.api.post("/v1/verifications/a/cancel", {});
      expect((await resend("a", "sms")).json).to.include({ code: "verification_ended" });
    });
  });

  describe("held back", () => {
    it("counts wrong codes of both channels against the number", async () => {
      await post({ id: "a", channel: "sms", max_code_entries: 5 });
      await outcome("a", "sent");
      for (let nth = 0; nth < 2; nth++) await check("a", "000000");
      await fixture.api.post("/v1/verifications/a/cancel", {});
      await post({ id: "b", method: "spoken", max_code_entries: 5, code: "271828" });
      const { seq } = await row("b");
      await beginAttempt(fixture.store, seq, "call", LIMITS, now);
      await revealCode(fixture.store, seq, now);
      for (let nth = 0; nth < 3; nth++) await check("b", "000000");
      expect(await shown("b")).to.include({ status: "failed", reason: "wrong_code" });
      expect((await post({ channel: "sms" })).json).to.include({ code: "number_not_allowed" });
    });

    it("is bounded per number together with calls, and told so", async () => {
      await stop();
      await start({ ...CALL_LIMITS, perNumberPerHour: 2 });
      await post({ id: "a", ...CHAIN });
      await outcome("a", "sent");
      await resend("a", "sms");
      await outcome("a", "sent", 2);
      expect((await resend("a", "voice")).json).to.include({ code: "too_many_calls_to_number" });
      expect((await post({ channel: "sms" })).json).to.include({ code: "too_many_calls_to_number" });
    });

    it("is bounded per block of numbers", async () => {
      await stop();
      await start({ ...CALL_LIMITS, perBlockPerHour: 1 });
      expect((await post({ channel: "sms" })).status).to.equal(201);
      const other = await post({ channel: "sms", phone_number: "090-1234-9999" });
      expect(other.json).to.include({ code: "too_many_calls_to_prefix" });
    });

    it("is bounded by the budget, by its parts", async () => {
      await stop();
      await start({ ...CALL_LIMITS, budget: { day: 40, month: null } });
      await set({ sms_domain: "a-rather-long-domain-name-for-a-company.example" });
      await post({ id: "a", channel: "sms" });
      expect((await outcome("a", "sent")).attempts[0]).to.include({ parts: 2 });
      // 36 of 40 yen are spent.
      const { json } = await post({ channel: "sms", phone_number: "090-1234-9999" });
      expect(json).to.include({ code: "budget_exhausted" });
      const { json: usage } = await fixture.api.get("/v1/usage");
      expect(usage["lines"]).to.deep.include({
        ...{ service: "sms", item: "unit", line_type: null, units: 2, seconds: null, price: 18, amount: 36 },
      });
    });
  });

  it("begins one of a thousand at once, and no two for one verification", async () => {
    under.halt();
    await post({ id: "a", channel: "sms" });
    const { seq } = await row("a");
    const begun = await Promise.all(
      Array.from({ length: 1000 }, (_, nth) => beginMessage(fixture.store, seq, `m-${nth}`, LIMITS, now)),
    );
    expect(begun.filter((one) => one !== undefined)).to.have.length(1);
    expect((await shown("a")).attempts).to.have.length(1);
  });

  it("are sent once each, thirty verifications at once", async () => {
    const ids = Array.from({ length: 30 }, (_, nth) => String(nth).padStart(4, "0"));
    await Promise.all(ids.map((id) => post({ id, channel: "sms", phone_number: `0902222${id}` })));
    for (const id of ids) await outcome(id, "sent");
    expect(new Set(sender.sent.map(({ to }) => to)).size).to.equal(30);
    expect(sender.sent).to.have.length(30);
  });
});
