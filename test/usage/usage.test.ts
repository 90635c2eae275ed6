import { expect } from "chai";
import fc from "fast-check";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { markAnswered } from "../../src/acts/mark-attempt.js";
import { findVerification } from "../../src/store/verifications.js";
import { monthOf, parseMonth } from "../../src/usage/month.js";
import { makeStatement } from "../../src/usage/statement.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { type ApiFixture, LIMITS, startApi } from "../support/api-fixture.js";

const NOVEMBER = "2026-11";
const IN_NOVEMBER = Date.parse("2026-11-10T12:00:00+09:00");

describe("usage", () => {
  describe("a month", () => {
    it("is a month of Japan", () => {
      const month = parseMonth(NOVEMBER);
      expect(month?.from).to.equal(Date.parse("2026-11-01T00:00:00+09:00"));
      expect(month?.to).to.equal(Date.parse("2026-12-01T00:00:00+09:00"));
      expect(monthOf(Date.parse("2026-10-31T15:00:00Z")).name).to.equal(NOVEMBER);
    });

    for (const text of ["2026-13", "2026-00", "26-01", "2026-1", "x"]) {
      it(`is not ${text}`, () => {
        expect(parseMonth(text)).to.equal(undefined);
      });
    }
  });

  describe("the default tariff", () => {
    it("charges the base, nothing for the included calls, 21 yen fixed and 32 yen mobile beyond", () => {
      const statement = makeStatement(
        NOVEMBER,
        {
          inboundRequests: 0,
          messageParts: 0,
          outboundCalls: [
            { lineType: "mobile", included: true, calls: 1000, seconds: 20_000 },
            { lineType: "fixed", included: false, calls: 10, seconds: 200 },
            { lineType: "mobile", included: false, calls: 5, seconds: 100 },
          ],
        },
        DEFAULT_TARIFF,
      );
      expect(statement.total).to.equal(60_000 + 10 * 21 + 5 * 32);
    });

    it("charges 10 yen for each inbound request beyond 10,000", () => {
      const statement = makeStatement(
        NOVEMBER,
        { inboundRequests: 10_003, messageParts: 0, outboundCalls: [] },
        DEFAULT_TARIFF,
      );
      expect(statement.total).to.equal(150_000 + 30);
    });

    it("charges nothing for a month without use", () => {
      expect(
        makeStatement(NOVEMBER, { inboundRequests: 0, messageParts: 0, outboundCalls: [] }, DEFAULT_TARIFF)
          .total,
      ).to.equal(0);
    });

    it("has a total that is the sum of its lines", () => {
      const call = fc.record({
        lineType: fc.constantFrom("mobile", "fixed", "ip", "unknown" as const),
        included: fc.boolean(),
        calls: fc.nat(10_000),
        seconds: fc.nat(),
      });
      fc.assert(
        fc.property(fc.nat(50_000), fc.array(call, { maxLength: 8 }), (inboundRequests, outboundCalls) => {
          const { lines, total } = makeStatement(
            NOVEMBER,
            { inboundRequests, messageParts: 0, outboundCalls },
            DEFAULT_TARIFF,
          );
          expect(total).to.equal(lines.reduce((sum, line) => sum + line.units * line.price, 0));
        }),
      );
    });
  });

  describe("over the API", () => {
    let fixture: ApiFixture;
    let now = IN_NOVEMBER;

    beforeEach(async () => {
      now = IN_NOVEMBER;
      fixture = await startApi(() => now);
    });
    afterEach(() => fixture.stop());

    const call = async (id: string, number: string, seconds: number | null): Promise<void> => {
      await fixture.api.post("/v1/verifications", { phone_number: number, id });
      const { seq } = await fixture.store.read
        .selectFrom("verifications")
        .select("seq")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      await beginAttempt(fixture.store, seq, `call-${id}`, LIMITS, now);
      if (seconds !== null) await markAnswered(fixture.store, `call-${id}`, now);
      const outcome = seconds === null ? "no_answer" : "answered";
      const end = { outcome, sipStatus: null, q850Cause: 16 } as const;
      await endAttempt(fixture.store, seq, `call-${id}`, end, 0, now + (seconds ?? 0) * 1000);
    };

    it("counts each answered call once, in the month of its answer, with its seconds", async () => {
      await call("a", "09012345678", 12);
      await call("b", "0312345678", 7.2);
      await call("c", "09012345678", null);
      now = Date.parse("2026-12-01T00:00:00+09:00");
      await call("d", "09012345678", 5);
      const answer = await fixture.api.get("/v1/usage?month=2026-11");
      expect(answer.status).to.equal(200);
      expect(answer.json).to.include({ month: NOVEMBER, currency: "JPY", total: 60_000 });
      const lines = answer.json["lines"] as {
        line_type: string | null;
        units: number;
        seconds: number | null;
      }[];
      expect(lines.map(({ line_type, units, seconds }) => [line_type, units, seconds])).to.deep.equal([
        [null, 1, null],
        ["fixed", 1, 8],
        ["mobile", 1, 12],
      ]);
      const december = await fixture.api.get("/v1/usage");
      expect(december.json).to.include({ month: "2026-12", total: 60_000 });
    });

    it("counts a call in the month of its answer also where it was registered in the month before", async () => {
      const turn = Date.parse("2026-12-01T00:00:00+09:00");
      now = turn - 1;
      await fixture.api.post("/v1/verifications", { phone_number: "09012345678", id: "late" });
      const row = await findVerification(fixture.store.read, "cli_acme", "late");
      await beginAttempt(fixture.store, row?.seq ?? 0, "call-late", LIMITS, now);
      await markAnswered(fixture.store, "call-late", turn);
      const total = async (month: string): Promise<unknown> =>
        (await fixture.api.get(`/v1/usage?month=${month}`)).json["total"];
      expect([await total("2026-11"), await total("2026-12")]).to.deep.equal([0, 60_000]);
    });

    it("shows a client its own use only", async () => {
      await call("a", "09012345678", 12);
      const other = await fixture.newClient("other");
      expect((await other.get("/v1/usage?month=2026-11")).json).to.include({ total: 0 });
    });

    it("answers 400 to what is no month", async () => {
      expect((await fixture.api.get("/v1/usage?month=2026-13")).status).to.equal(400);
    });
  });
});
