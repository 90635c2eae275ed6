import { expect } from "chai";
import fc from "fast-check";
import { rulePhoneNumber } from "../../src/verification/outbound-policy.js";
import { maskNumber, parsePhoneNumber } from "../../src/verification/phone-number.js";

/** So that the name of a test shows what it has in it. */
const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;

const read = (input: string): string => {
  const parsed = parsePhoneNumber(input);
  return parsed.ok ? parsed.number.e164 : `refused: ${parsed.problem}`;
};

/** What becomes of a number that somebody asks us to call. */
const call = (input: string, allow: readonly string[] = []): string => {
  const parsed = parsePhoneNumber(input);
  if (!parsed.ok) return `refused: ${parsed.problem}`;
  const ruling = rulePhoneNumber(parsed.number, allow);
  return ruling.allowed ? parsed.number.lineType : "refused: policy";
};

describe("telephone numbers", () => {
  for (const spelling of [
    "09012345678",
    "090-1234-5678",
    "０９０－１２３４－５６７８",
    "090 1234 5678",
    "(090)1234.5678",
    "090ー1234ー5678",
    "+819012345678",
    "+81 90 1234 5678",
    "+81 (0)90-1234-5678",
    // What rides along when a number is copied from a page, a mail, an address book.
    "\u200b090\u200b1234\u200b5678",
    "\u202a09012345678\u202c",
    "\u200e090-1234-5678\u200f",
    "\u2066+81 90 1234 5678\u2069",
    "090\u00ad1234\u00ad5678",
    "\ufeff09012345678",
    "09012345678\u2060\u180e\u034f\ufe0f",
    "090\u200c1234\u200d5678\u061c",
    // Lines and waves that Japanese input methods offer for a dash.
    "090─1234─5678",
    "090━1234━5678",
    "090〜1234〜5678",
    "090～1234～5678",
    "090~1234~5678",
  ]) {
    it(`reads ${JSON.stringify(spelling).replace(/[^ -~\u3000-\u30ff\uff00-\uff5e─━]/gu, escaped)} as +819012345678`, () => {
      expect(read(spelling)).to.equal("+819012345678");
    });
  }

  for (const [input, lineType] of [
    ["09012345678", "mobile"],
    ["08012345678", "mobile"],
    ["07012345678", "mobile"],
    ["06012345678", "mobile"],
    ["05012345678", "ip"],
    ["0312345678", "fixed"],
    ["0471234567", "fixed"],
  ] as const) {
    it(`calls ${input}, a ${lineType} line`, () => {
      expect(call(input)).to.equal(lineType);
    });
  }

  for (const input of [
    ...["0120123456", "08001234567", "0570012345", "0990123456", "0170123456", "0180123456", "02012345678"],
    ...["110", "117", "119", "171", "0033123456", "00912345", "18409012345678", "18609012345678"],
    ...["+14155552671", "+81120123456", "+8810123456789", "+442079460000"],
    ...[
      "09012345678,1",
      "09012345678;ext=1",
      "*67",
      "#31#09012345678",
      "0901234567w",
      "090p1234",
      "09012345678@x",
      "\u200b",
      "090\u200b1234\u200b567x",
      "09012345678\u200b,1",
    ],
    ...["", " ", "+", "090", "0901234567", "090123456789", "abc", "9".repeat(64), "0".repeat(1000)],
  ]) {
    it(`does not call ${JSON.stringify(input.slice(0, 24))}`, () => {
      expect(call(input)).to.match(/^refused/);
    });
  }

  it("calls what is allow-listed by its E.164 prefix, and only that", () => {
    expect(call("+14155552671", ["+1415"])).to.not.match(/^refused/);
    expect(call("+14165552671", ["+1415"])).to.match(/^refused/);
    expect(call("0120123456", ["+81120"])).to.not.match(/^refused/);
  });

  it("masks all but the country code and the last two digits", () => {
    expect(maskNumber("+819012345678")).to.equal("+81********78");
  });

  it("gives digits only, whatever is read", () => {
    const chars = fc.constantFrom(..."0123456789０９+-() .ー*#,;pwPWx@/ｘ\u0000\n\u200b\u202e\u2066─〜");
    fc.assert(
      fc.property(fc.string({ unit: chars, maxLength: 30 }), (input) => {
        const parsed = parsePhoneNumber(input);
        if (parsed.ok) {
          expect(parsed.number.e164).to.match(/^\+\d{5,15}$/);
          expect(parsed.number.national).to.match(/^\d{3,15}$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
