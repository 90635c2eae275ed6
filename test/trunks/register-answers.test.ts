import { expect } from "chai";
import { RegisterAnswers } from "../../src/asterisk/register-answers.js";

const lines = (start: string, user: string, cseq: number): Buffer =>
  Buffer.from(
    [
      start,
      `To: <sip:${user}@carrier.example:5070>`,
      `Contact: <sip:${user}@127.0.0.1:5060;line=x>`,
      `Call-ID: call-of-${user}`,
      `CSeq: ${String(cseq)} REGISTER`,
      "",
      "",
    ].join("\r\n"),
  );
const asked = (user: string, cseq: number): Buffer =>
  lines("REGISTER sip:carrier.example SIP/2.0", user, cseq);
const key = (user: string): string => `${user}@carrier.example ${user}`;

describe("the answers to our registrations", () => {
  it("are each trunk's own, also of two at one carrier that answer in turn", () => {
    const answers = new RegisterAnswers();
    for (const user of ["05012345678", "05012345679"]) answers.hear(asked(user, 1));
    answers.hear(lines("SIP/2.0 403 Forbidden", "05012345679", 1));
    answers.hear(lines("SIP/2.0 200 OK", "05012345678", 1));
    expect([answers.of(key("05012345678")), answers.of(key("05012345679"))]).to.deep.equal(["200", "403"]);
    expect(answers.of(key("nobody"))).to.equal(undefined);
  });

  it("are none where the one before the last got none; the same REGISTER again is no other", () => {
    const answers = new RegisterAnswers();
    answers.hear(asked("a", 1));
    answers.hear(lines("SIP/2.0 403 Forbidden", "a", 1));
    answers.hear(asked("a", 2));
    answers.hear(asked("a", 2));
    expect(answers.of(key("a"))).to.equal("403");
    answers.hear(asked("a", 3));
    expect(answers.of(key("a"))).to.equal("no answer");
  });
});
