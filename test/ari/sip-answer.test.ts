import { expect } from "chai";
import { hangupReason } from "../../src/ari/ari-client/hangup-reason.js";
import type { AriEvent } from "../../src/ari/messages.js";
import { withSipAnswer } from "../../src/ari/ari-client/sip-answer.js";

function destroyed(told: string | undefined, change: object = {}): AriEvent {
  const caller = { name: "", number: "" };
  const channelvars = told === undefined ? {} : { HONNIN_TECH_CAUSE: told };
  const channel = { id: "c", name: "PJSIP/trunk-1", state: "Down", caller, channelvars };
  return { type: "ChannelDestroyed", channel, cause: 127, cause_txt: "", ...change };
}

describe("the SIP answer that the dialplan tells", () => {
  for (const [told, status] of [
    ["SIP 486 Busy Here", 486],
    ["SIP 608 Rejected", 608],
    ["SIP 503 ", 503],
    ["SIP 200 OK", undefined],
    ["SIP 180 Ringing", undefined],
    ["", undefined],
    [undefined, undefined],
    ["SIP/2.0 486", undefined],
  ] as const) {
    it(`is ${status ?? "not known"} by "${told ?? "(no variable)"}"`, () => {
      expect((withSipAnswer(destroyed(told)) as { tech_cause?: number }).tech_cause).to.equal(status);
    });
  }

  it("is 408 of an INVITE that nobody answered, as RFC 3261 has it", () => {
    expect(withSipAnswer(destroyed("", { cause: 18 }))).to.include({ tech_cause: 408 });
  });

  it("never replaces what Asterisk itself has told", () => {
    expect(withSipAnswer(destroyed("SIP 486 Busy Here", { tech_cause: 480 }))).to.include({
      tech_cause: 480,
    });
    expect(withSipAnswer(destroyed("SIP 486 Busy Here", { tech_cause: 0 }))).to.include({ tech_cause: 0 });
  });
});

describe("the cause of a hang-up", () => {
  it("is a number where Asterisk takes one, else a name, else normal", () => {
    const old = { hangsUpByCode: false, tellsTechCause: false };
    expect(hangupReason(17, { ...old, hangsUpByCode: true })).to.deep.equal({ reason_code: "17" });
    expect(hangupReason(17, old)).to.deep.equal({ reason: "busy" });
    expect(hangupReason(21, old)).to.deep.equal({ reason: "rejected" });
    expect(hangupReason(99, old)).to.deep.equal({ reason: "normal" });
  });
});
