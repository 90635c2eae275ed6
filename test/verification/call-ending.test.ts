import { expect } from "chai";
import { endingOf, type KeptCall } from "../../src/verification/call-ending.js";

const OUT: KeptCall = {
  ...{ direction: "outbound", outcome: "failed", sipStatus: null, q850Cause: null },
  ...{ hungUpBy: null, turnedAway: null, wasTold: false },
};

describe("how a call ended, for whoever looks after it", () => {
  const cases: readonly (readonly [what: string, call: Partial<KeptCall>, ending: string, by: string])[] = [
    ["hung up by us after the answer", { outcome: "answered", hungUpBy: "us" }, "over", "us"],
    ["hung up by the person", { outcome: "answered", hungUpBy: "them" }, "person_hung_up", "person"],
    ["answered, from before it was noted who hung up", { outcome: "answered" }, "hung_up", "unknown"],
    ["rung out", { outcome: "no_answer", sipStatus: 487, hungUpBy: "us" }, "rang_out", "person"],
    ["busy", { outcome: "busy", sipStatus: 486, q850Cause: 17 }, "busy", "person"],
    ["declined", { outcome: "rejected", sipStatus: 603, q850Cause: 21 }, "declined", "person"],
    ["stopped by a filter of the network", { outcome: "rejected", sipStatus: 608 }, "screened", "carrier"],
    ["no such number", { outcome: "unreachable", sipStatus: 404, q850Cause: 1 }, "no_such_number", "person"],
    ["a number that was changed", { outcome: "unreachable", q850Cause: 22 }, "no_such_number", "person"],
    ["switched off", { outcome: "unreachable", sipStatus: 480, q850Cause: 20 }, "not_reachable", "person"],
    ["canceled", { outcome: "canceled", hungUpBy: "us" }, "withdrawn", "us"],
    ["a password that is wanted", { sipStatus: 407 }, "credentials_wanted", "us"],
    ["forbidden", { sipStatus: 403 }, "forbidden", "carrier"],
    ["no free line", { sipStatus: 486, q850Cause: 34 }, "no_line", "carrier"],
    ["overloaded", { sipStatus: 503 }, "no_line", "carrier"],
    ["no codec in common", { sipStatus: 488 }, "media_refused", "carrier"],
    ["no word from the trunk", { hungUpBy: "us" }, "trunk_silent", "carrier"],
    ["cut by a stop of ours after the answer", { hungUpBy: "us", wasTold: true }, "interrupted", "us"],
    ["408 by Asterisk's own clock", { sipStatus: 408 }, "trunk_silent", "carrier"],
    ["an error of the trunk", { sipStatus: 500, q850Cause: 41 }, "trunk_trouble", "carrier"],
    ["lost with Asterisk", {}, "interrupted", "us"],
    ["in: given up by the caller", { direction: "inbound", outcome: "canceled" }, "caller_gave_up", "person"],
    ["in: enough unanswered", { direction: "inbound", outcome: "rejected" }, "needed_no_answer", "us"],
    [
      "in: to be called back",
      { direction: "inbound", outcome: "rejected", turnedAway: "call_back" },
      "called_back",
      "us",
    ],
    [
      "in: turned away",
      { direction: "inbound", outcome: "rejected", turnedAway: "refused" },
      "evidence_lacked",
      "us",
    ],
  ];
  for (const [what, call, ending, by] of cases) {
    it(`${what}: ${ending}, by ${by}`, () => {
      expect(endingOf({ ...OUT, ...call })).to.deep.equal({ ending, by });
    });
  }
});
