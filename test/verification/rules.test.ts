import { expect } from "chai";
import fc from "fast-check";
import { afterCall } from "../../src/verification/after-call.js";
import { type EndedCall, outcomeOf, reasonOf } from "../../src/verification/call-outcome.js";
import { codeMatches, hashCode, issueCode } from "../../src/verification/code.js";
import { type Entry, rule, type Ruled } from "../../src/verification/ruling.js";
import { isFinal, TRANSITIONS, type VerificationStatus } from "../../src/verification/status.js";

const NOW = 1_800_000_000_000;
const OPEN: Ruled = {
  status: "in_progress",
  expiresAt: NOW + 1000,
  codeEntries: 0,
  maxCodeEntries: 3,
  barred: false,
};
const CODE: Entry = { kind: "code", digits: "123456" };

describe("ruling on an entry", () => {
  it("verifies the right code", () => {
    expect(rule(OPEN, CODE, true, NOW)).to.deep.equal({
      ruling: { kind: "verified" },
      change: { status: "verified", reason: null, codeEntries: 1 },
    });
  });

  it("counts a wrong code and tells the tries left", () => {
    expect(rule(OPEN, CODE, false, NOW).ruling).to.deep.equal({ kind: "wrong", triesLeft: 2 });
  });

  it("fails at the last wrong code", () => {
    expect(rule({ ...OPEN, codeEntries: 2 }, CODE, false, NOW).change).to.deep.equal({
      status: "failed",
      reason: "wrong_code",
      codeEntries: 3,
    });
  });

  it("does not verify the right code at the deadline", () => {
    expect(rule({ ...OPEN, expiresAt: NOW }, CODE, true, NOW).change?.status).to.equal("expired");
  });

  it("fails with fraud_reported, even past the deadline", () => {
    const { change } = rule({ ...OPEN, expiresAt: NOW - 1 }, { kind: "fraud_report" }, false, NOW);
    expect(change?.reason).to.equal("fraud_reported");
  });

  it("decides nothing for a caller who is not listened to, even by the right code or by silence", () => {
    for (const entry of [CODE, { kind: "no_input" } as const]) {
      const result = rule({ ...OPEN, barred: true }, entry, true, NOW);
      expect(result).to.deep.equal({ ruling: { kind: "barred" }, change: null });
    }
    const late = rule({ ...OPEN, barred: true, expiresAt: NOW }, CODE, true, NOW);
    expect(late.ruling).to.deep.equal({ kind: "closed", status: "expired" });
  });

  it("never changes what has ended, and never verifies without a match", () => {
    const status = fc.constantFrom<VerificationStatus[]>(
      ...(Object.keys(TRANSITIONS) as VerificationStatus[]),
    );
    const entry = fc.constantFrom<Entry[]>(CODE, { kind: "fraud_report" }, { kind: "no_input" });
    fc.assert(
      fc.property(status, entry, fc.boolean(), fc.nat(6), fc.integer(), (from, what, matches, n, late) => {
        const verification = {
          status: from,
          expiresAt: NOW - late,
          codeEntries: n,
          maxCodeEntries: 3,
          barred: false,
        };
        const { change, ruling } = rule(verification, what, matches, NOW);
        if (isFinal(from)) expect(change).to.equal(null);
        if (ruling.kind === "verified") {
          expect(matches && what.kind === "code" && late < 0).to.equal(true);
        }
        if (change !== null) expect([from, ...TRANSITIONS[from]]).to.include(change.status);
      }),
    );
  });
});

describe("the outcome of a call", () => {
  const refused: EndedCall = {
    lost: false,
    answered: false,
    rungOut: false,
    withdrawn: false,
    progressed: true,
    rang: false,
    sipStatus: null,
    q850Cause: null,
  };
  for (const [sipStatus, outcome, reason] of [
    [486, "busy", "busy"],
    [600, "busy", "busy"],
    [603, "rejected", "rejected"],
    [607, "rejected", "rejected"],
    [608, "rejected", "rejected"],
    [404, "unreachable", "unreachable"],
    [410, "unreachable", "unreachable"],
    [480, "unreachable", "unreachable"],
    [484, "unreachable", "unreachable"],
    [604, "unreachable", "unreachable"],
    [408, "no_answer", "no_answer"],
    [487, "no_answer", "no_answer"],
    [488, "failed", "service_unavailable"],
    [500, "failed", "service_unavailable"],
    [503, "failed", "service_unavailable"],
  ] as const) {
    it(`is ${outcome} after ${sipStatus}, and the verification's reason ${reason}`, () => {
      expect(outcomeOf({ ...refused, sipStatus })).to.equal(outcome);
      expect(reasonOf(outcome)).to.equal(reason);
    });
  }

  it("is failed when the trunk never said a word", () => {
    expect(outcomeOf({ ...refused, progressed: false, sipStatus: 408 })).to.equal("failed");
    expect(outcomeOf({ ...refused, progressed: false, rungOut: true })).to.equal("failed");
  });

  it("is no_answer when it rang out", () => {
    expect(outcomeOf({ ...refused, rungOut: true, sipStatus: 487 })).to.equal("no_answer");
  });

  it("is canceled when we withdrew it", () => {
    expect(outcomeOf({ ...refused, withdrawn: true, sipStatus: 487 })).to.equal("canceled");
  });

  it("is failed when Asterisk died under it, answered or not", () => {
    expect(outcomeOf({ ...refused, answered: true, lost: true })).to.equal("failed");
  });

  for (const [sipStatus, q850Cause, outcome] of [
    [480, 17, "busy"],
    [403, 21, "rejected"],
    [500, 1, "unreachable"],
    [503, 19, "no_answer"],
    [503, 34, "failed"],
    [480, 34, "failed"],
    [480, 31, "unreachable"],
    [500, 127, "failed"],
    [404, 17, "unreachable"],
    [486, 34, "failed"],
    [486, 16, "busy"],
  ] as const) {
    it(`is ${outcome} after ${sipStatus} with cause ${q850Cause}`, () => {
      expect(outcomeOf({ ...refused, sipStatus, q850Cause })).to.equal(outcome);
    });
  }

  it("is no_answer after 480 when it rang, unless the cause says more", () => {
    const rang = { ...refused, rang: true, sipStatus: 480 };
    expect(outcomeOf(rang)).to.equal("no_answer");
    expect(outcomeOf({ ...rang, q850Cause: 20 })).to.equal("unreachable");
  });

  it("falls back on the Q.850 cause", () => {
    expect(outcomeOf({ ...refused, q850Cause: 17 })).to.equal("busy");
    expect(outcomeOf({ ...refused, q850Cause: 127 })).to.equal("failed");
  });
});

describe("after a call", () => {
  const history = {
    status: "in_progress",
    expiresAt: NOW + 60_000,
    attemptsMade: 1,
    maxCallAttempts: 2,
    direction: "outbound",
    codeRead: false,
  } as const;

  it("redials after the pause while attempts are left", () => {
    expect(afterCall(history, "busy", 10_000, NOW)).to.deep.equal({ kind: "redial", at: NOW + 10_000 });
  });

  it("fails with the reason of the last call", () => {
    expect(afterCall({ ...history, attemptsMade: 2 }, "busy", 10_000, NOW)).to.deep.equal({
      kind: "fail",
      reason: "busy",
    });
  });

  for (const outcome of ["answered", "busy", "no_answer", "failed"] as const) {
    it(`redials after ${outcome}`, () => {
      expect(afterCall(history, outcome, 10_000, NOW).kind).to.equal("redial");
    });
  }

  for (const outcome of ["rejected", "unreachable"] as const) {
    it(`does not redial after ${outcome}, though attempts are left`, () => {
      expect(afterCall(history, outcome, 10_000, NOW)).to.deep.equal({ kind: "fail", reason: outcome });
    });
  }

  it("does not redial past the deadline", () => {
    expect(afterCall(history, "no_answer", 60_000, NOW).kind).to.equal("fail");
  });

  it("waits for the next call of a person who calls us, however many there were", () => {
    expect(
      afterCall({ ...history, direction: "inbound", attemptsMade: 9 }, "answered", 0, NOW),
    ).to.deep.equal({ kind: "await_call" });
  });

  it("leaves the verification to the check once its code was read, calls left or not, call lost or not", () => {
    for (const attemptsMade of [1, 2]) {
      for (const outcome of ["answered", "failed"] as const) {
        const after = afterCall({ ...history, attemptsMade, codeRead: true }, outcome, 0, NOW);
        expect(after).to.deep.equal({ kind: "await_check" });
      }
    }
  });

  it("leaves alone what the call has settled", () => {
    expect(afterCall({ ...history, status: "verified" }, "answered", 0, NOW).kind).to.equal("settled");
  });
});

describe("codes", () => {
  const key = Buffer.alloc(32, 7);

  it("have six digits, leading zeros included", () => {
    expect(issueCode(() => 0)).to.equal("000000");
  });

  it("match themselves and nothing else, and only in their own verification", () => {
    const digits = fc.stringMatching(/^\d{4,10}$/);
    fc.assert(
      fc.property(digits, digits, (code, other) => {
        const hash = hashCode(key, "a/1", code);
        expect(codeMatches(key, "a/1", code, hash)).to.equal(true);
        expect(codeMatches(key, "a/1", other, hash)).to.equal(code === other);
        expect(codeMatches(key, "a/2", code, hash)).to.equal(false);
      }),
    );
  });
});
