import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { markAnswered } from "../../src/acts/mark-attempt.js";
import { revealCode } from "../../src/acts/reveal-code.js";
import { expireDue, findVerification, type VerificationRow } from "../../src/store/verifications.js";
import type { AttemptOutcome } from "../../src/verification/status.js";
import { type ApiFixture, LIMITS, startApi } from "../support/api-fixture.js";
import type { Answer, HttpsClient } from "../support/https-client.js";

const NUMBER = "090-1234-5678";
const CODE = "271828";
const WRONG = "000000";

describe("spoken codes over the API", () => {
  let fixture: ApiFixture;
  let now: number;
  let ended: [seq: number, status: string][];

  beforeEach(async () => {
    now = 1_800_000_000_000;
    fixture = await startApi(() => now);
    ended = [];
    // A hint comes a turn of the loop after its commit.
    fixture.store.hints.on("ended", (seq, status) => ended.push([seq, status]));
  });
  afterEach(() => fixture.stop());

  const post = (body: Readonly<Record<string, unknown>>): Promise<Answer> =>
    fixture.api.post("/v1/verifications", { phone_number: NUMBER, method: "spoken", ...body });
  const check = (id: string, code: unknown, api: HttpsClient = fixture.api): Promise<Answer> =>
    api.post(`/v1/verifications/${id}/check`, { code });
  const row = async (id: string): Promise<VerificationRow> => {
    const found = await findVerification(fixture.store.read, "cli_acme", id);
    if (found === undefined) throw new Error(`no verification ${id}`);
    return found;
  };
  /** A call that was answered; the code is not read yet. */
  const onCall = async (id: string, body: Readonly<Record<string, unknown>> = {}): Promise<number> => {
    expect((await post({ id, code: CODE, ...body })).status).to.equal(201);
    const { seq } = await row(id);
    await beginAttempt(fixture.store, seq, `call-${id}`, LIMITS, now);
    await markAnswered(fixture.store, `call-${id}`, now);
    return seq;
  };
  /** A call on which the code is being read. */
  const reading = async (id: string, body: Readonly<Record<string, unknown>> = {}): Promise<number> => {
    const seq = await onCall(id, body);
    expect(await revealCode(fixture.store, seq, now)).to.deep.equal({
      kind: "code",
      code: body["code"] ?? CODE,
    });
    return seq;
  };
  const hungUp = (id: string, seq: number, outcome: AttemptOutcome = "answered"): Promise<unknown> =>
    endAttempt(fixture.store, seq, `call-${id}`, { outcome, sipStatus: null, q850Cause: 16 }, 5000, now);

  describe("registering", () => {
    it("issues six digits that are in no answer, also not in a repeated or a replayed one", async () => {
      const body = { phone_number: NUMBER, method: "spoken", id: "issued" };
      const headers = { "idempotency-key": "k1" };
      const first = await fixture.api.post("/v1/verifications", body, { headers });
      const replayed = await fixture.api.post("/v1/verifications", body, { headers });
      const repeated = await fixture.api.post("/v1/verifications", body);
      expect([first.status, replayed.status, repeated.status]).to.deep.equal([201, 201, 200]);
      expect(replayed.text).to.equal(first.text);
      const revealed = await revealCode(fixture.store, (await row("issued")).seq, now);
      const code = revealed.kind === "code" ? revealed.code : "";
      expect(code).to.match(/^\d{6}$/);
      for (const answer of [first, replayed, repeated]) {
        expect(answer.json).to.include({ method: "spoken" });
        expect(answer.json).to.not.have.property("code");
      }
    });

    it("keeps a temporary password sealed until the end, and in no event", async () => {
      const code = "aB3xY9Kq";
      await reading("password", { code });
      expect((await row("password")).code_cipher?.includes(code)).to.equal(false);
      expect((await check("password", code)).json).to.include({ status: "verified" });
      expect(await row("password")).to.include({ code_cipher: null, code_hash: null });
      const events = await fixture.store.read.selectFrom("events").selectAll().execute();
      expect(events.map((event) => event.type)).to.include.members([
        "call.answered",
        "verification.verified",
      ]);
      for (const event of events) {
        const { store } = fixture;
        const told = store.vault.unseal(event.payload, event.id).toString("utf8");
        expect(told).to.not.include(code);
      }
      expect(fixture.logged()).to.not.include(code);
    });

    for (const code of ["123", "a".repeat(33), "ab-cd", "ab cd", "ａｂｃｄ", "ひらがな", 1234]) {
      it(`refuses the code ${JSON.stringify(code)}`, async () => {
        const { status, json } = await post({ code });
        expect(status).to.equal(400);
        expect((json["errors"] as { field: string }[]).map(({ field }) => field)).to.deep.equal(["code"]);
      });
    }

    it("refuses letters and more than ten digits for the keypad, and says where they belong", async () => {
      for (const code of ["12a4", "12345678901"]) {
        const { status, json } = await post({ method: "keypad", code });
        expect(status).to.equal(400);
        const [error] = json["errors"] as { field: string; detail: string }[];
        expect(error?.field).to.equal("code");
        expect(error?.detail).to.include("spoken");
      }
      expect((await post({ code: "12345678901" })).status).to.equal(201);
    });

    it("refuses to tell a code to whoever calls", async () => {
      const { status, json } = await post({ direction: "inbound" });
      expect(status).to.equal(400);
      expect((json["errors"] as { field: string }[]).map(({ field }) => field)).to.deep.equal(["method"]);
    });
  });

  describe("checking", () => {
    it("verifies the right code after the call, and tells of it", async () => {
      const seq = await reading("a");
      await hungUp("a", seq);
      const { status, json } = await check("a", CODE);
      expect(status).to.equal(200);
      expect(json).to.include({ id: "a", status: "verified", reason: null, code_entries: 1 });
      expect(json["completed_at"]).to.be.a("string");
      const types = await fixture.store.read.selectFrom("events").select("type").execute();
      expect(types.at(-1)?.type).to.equal("verification.verified");
    });

    it("hangs a call that still reads, when the check was the end of it", async () => {
      const seq = await reading("a");
      await check("a", WRONG);
      expect(ended).to.deep.equal([]);
      await check("a", CODE);
      await setImmediate();
      expect(ended).to.deep.equal([[seq, "verified"]]);
    });

    it("answers a wrong code 200 with the entry counted and the status open, the last one failed", async () => {
      const seq = await reading("a");
      for (const code_entries of [1, 2]) {
        const { status, json } = await check("a", WRONG);
        expect(status).to.equal(200);
        expect(json).to.include({ status: "in_progress", reason: null, code_entries });
      }
      const last = await check("a", WRONG);
      expect(last.status).to.equal(200);
      expect(last.json).to.include({ status: "failed", reason: "wrong_code", code_entries: 3 });
      await setImmediate();
      expect(ended).to.deep.equal([[seq, "failed"]]);
      const late = await check("a", CODE);
      expect(late.status).to.equal(409);
      expect(late.json).to.include({ code: "verification_ended" });
    });

    it("lets one of many checks at once verify, and counts each wrong one", async () => {
      await reading("a");
      const right = await Promise.all([check("a", CODE), check("a", CODE), check("a", CODE)]);
      expect(right.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409]);
      await reading("b");
      const wrong = await Promise.all([WRONG, WRONG, WRONG, CODE].map((code) => check("b", code)));
      // Which of them comes first is the machine's to say: the right one ends it, or three wrong ones have.
      const { status, code_entries: entries } = await row("b");
      const ended = Array.from({ length: wrong.length - entries }, () => "verification_ended");
      expect(wrong.map(({ json }) => json["code_entries"] ?? json["code"]).sort()).to.deep.equal([
        ...[1, 2, 3, 4].slice(0, entries),
        ...ended,
      ]);
      expect(wrong.map(({ json }) => json["status"] === "verified")).to.deep.equal([
        ...[false, false, false],
        status === "verified",
      ]);
      expect(entries, "no more than were allowed").to.be.at.most(3);
    });

    it("holds wrong codes against the number, whatever else is registered for it", async () => {
      for (const [id, tries] of [
        ["a", 3],
        ["b", 2],
      ] as const) {
        await reading(id);
        for (let i = 0; i < tries; i++) await check(id, WRONG);
      }
      expect(await row("b")).to.include({ status: "failed", reason: "wrong_code", code_entries: 2 });
      expect((await post({})).json).to.include({ code: "number_not_allowed" });
    });

    it("tells upper case from lower", async () => {
      await reading("a", { code: "aBcD" });
      expect((await check("a", "abcd")).json).to.include({ code_entries: 1, reason: null });
      expect((await check("a", "aBcD")).json).to.include({ status: "verified" });
    });

    for (const typed of [
      "２７１８２８",
      " 271828 ",
      "271-828",
      "271 828",
      "２７１　８２８",
      "271─828",
      "271〜828",
      "\u200e271\u200b828\ufeff",
    ]) {
      it(`takes ${JSON.stringify(typed)} for what was meant, in a form too`, async () => {
        await reading("a");
        expect((await fixture.api.postForm("/v1/verifications/a/check", { code: typed })).json).to.include({
          status: "verified",
        });
      });
    }

    for (const code of ["", "  ", "1".repeat(33), 271828, null, undefined]) {
      it(`refuses ${JSON.stringify(code)} without counting it`, async () => {
        await reading("a");
        const { status, json } = await check("a", code);
        expect(status).to.equal(400);
        expect((json["errors"] as { field: string }[]).map(({ field }) => field)).to.deep.equal(["code"]);
        expect((await row("a")).code_entries).to.equal(0);
      });
    }

    it("refuses what no call has read yet, right or wrong, and does not count it", async () => {
      expect((await post({ id: "waiting", code: CODE })).status).to.equal(201);
      await onCall("ringing");
      for (const id of ["waiting", "ringing"]) {
        for (const code of [CODE, WRONG]) {
          const { status, json } = await check(id, code);
          expect(status).to.equal(409);
          expect(json).to.include({ code: "check_too_early" });
        }
        expect((await row(id)).code_entries).to.equal(0);
      }
    });

    it("refuses what is keyed on the telephone, or not at all", async () => {
      await post({ id: "keyed", method: "keypad", code: CODE });
      await post({ id: "calls", method: "caller_id", direction: "inbound" });
      for (const id of ["keyed", "calls"]) {
        const { status, json } = await check(id, CODE);
        expect(status).to.equal(409);
        expect(json).to.include({ code: "check_not_applicable" });
      }
    });

    it("answers 404 for another client's id, and 405 to GET", async () => {
      await reading("a");
      const other = await fixture.newClient("other");
      const { status, json } = await check("a", CODE, other);
      expect(status).to.equal(404);
      expect(json).to.include({ code: "verification_not_found" });
      expect((await row("a")).status).to.equal("in_progress");
      expect((await fixture.api.get("/v1/verifications/a/check")).status).to.equal(405);
    });

    it("answers 409 for a canceled one", async () => {
      await reading("a");
      await fixture.api.post("/v1/verifications/a/cancel", {});
      expect((await check("a", CODE)).json).to.include({ code: "verification_ended" });
    });

    it("comes too late at the deadline, and ends what nobody had ended yet", async () => {
      const seq = await reading("a");
      now += 300_000;
      const { status, json } = await check("a", CODE);
      expect(status).to.equal(409);
      expect(json).to.include({ code: "verification_ended" });
      expect(await row("a")).to.include({
        status: "expired",
        reason: null,
        code_entries: 0,
        code_cipher: null,
      });
      await setImmediate();
      expect(ended).to.deep.equal([[seq, "expired"]]);
    });
  });

  describe("after the call", () => {
    it("stays open for the check, without another call, until the deadline", async () => {
      const seq = await reading("a", { max_call_attempts: 3 });
      await hungUp("a", seq);
      expect(await row("a")).to.include({ status: "pending", reason: null, next_attempt_at: null });
      expect((await check("a", WRONG)).json).to.include({ status: "pending", code_entries: 1 });
      now += 300_000;
      await fixture.store.write((db) => expireDue(db, now));
      expect(await row("a")).to.include({ status: "expired", code_cipher: null });
    });

    it("stays open also when the call was lost under the reading", async () => {
      const seq = await reading("a", { max_call_attempts: 3 });
      await hungUp("a", seq, "failed");
      expect(await row("a")).to.include({ status: "pending", next_attempt_at: null });
    });

    it("calls again when the call ended before the reading, and fails after the last", async () => {
      const seq = await onCall("a", { max_call_attempts: 2 });
      await hungUp("a", seq);
      expect(await row("a")).to.include({ status: "pending", next_attempt_at: now + 5000 });
      const last = await onCall("b");
      await hungUp("b", last);
      expect(await row("b")).to.include({ status: "failed", reason: "hung_up" });
    });

    it("reveals no code of what has ended or is past its deadline", async () => {
      const seq = await onCall("a");
      const deadline = now + 300_000;
      expect(await revealCode(fixture.store, seq, deadline)).to.deep.equal({
        kind: "closed",
        status: "expired",
      });
      expect((await row("a")).code_read_at).to.equal(null);
      await fixture.api.post("/v1/verifications/a/cancel", {});
      expect(await revealCode(fixture.store, seq, now)).to.deep.equal({ kind: "closed", status: "canceled" });
    });
  });
});
