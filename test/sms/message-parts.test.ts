import { expect } from "chai";
import fc from "fast-check";
import { gsmBytes, gsmSeptets } from "../../src/verification/gsm-alphabet.js";
import { messageParts } from "../../src/verification/message-parts.js";

/** Characters of each kind that matters: one septet, two, none; one unit, two. */
const CHARACTERS = ["a", "@", "\n", "é", "€", "[", "~", "認", "証", "🙂", "𠮷", "🇯🇵", "`"];
const texts = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 700 }).map((list) => list.join(""));
const units = (text: string, alphabet: string): number =>
  alphabet === "ucs2"
    ? text.length
    : [...text].reduce((sum, character) => sum + (gsmSeptets(character)?.length ?? 0), 0);

describe("a text divided into messages", () => {
  const LENGTHS: readonly (readonly [what: string, text: string, alphabet: string, parts: number])[] = [
    ["nothing", "", "gsm7", 1],
    ["160 septets", "a".repeat(160), "gsm7", 1],
    ["161 septets", "a".repeat(161), "gsm7", 2],
    ["306 septets", "a".repeat(306), "gsm7", 2],
    ["307 septets", "a".repeat(307), "gsm7", 3],
    ["80 characters of two septets", "€".repeat(80), "gsm7", 1],
    ["81 characters of two septets", "€".repeat(81), "gsm7", 2],
    ["70 characters of Japanese", "認".repeat(70), "ucs2", 1],
    ["71 characters of Japanese", "認".repeat(71), "ucs2", 2],
    ["134 characters of Japanese", "認".repeat(134), "ucs2", 2],
    ["135 characters of Japanese", "認".repeat(135), "ucs2", 3],
    ["35 emoji", "🙂".repeat(35), "ucs2", 1],
    ["36 emoji", "🙂".repeat(36), "ucs2", 2],
    ["one Japanese character among many", `${"a".repeat(70)}認`, "ucs2", 2],
  ];
  for (const [what, text, alphabet, count] of LENGTHS) {
    it(`counts ${String(count)} for ${what}`, () => {
      const divided = messageParts(text);
      expect(divided.alphabet).to.equal(alphabet);
      expect(divided.parts).to.have.length(count);
    });
  }

  it("goes in UCS-2 where that is wanted", () => {
    expect(messageParts("a".repeat(71), "ucs2")).to.deep.include({ alphabet: "ucs2", units: 71 });
  });

  it("is the text again when its parts are joined, and none has more than its room", () => {
    fc.assert(
      fc.property(texts, fc.constantFrom("auto" as const, "ucs2" as const), (text, allowed) => {
        const { parts, alphabet, units: all } = messageParts(text, allowed);
        expect(parts.join("")).to.equal(text);
        expect(all).to.equal(units(text, alphabet));
        const [alone, joined] = alphabet === "gsm7" ? [160, 153] : [70, 67];
        for (const part of parts)
          expect(units(part, alphabet)).to.be.at.most(parts.length === 1 ? alone : joined);
      }),
    );
  });

  it("ends no part within a character", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { parts } = messageParts(text);
        for (const part of parts) expect(Buffer.from(part, "utf8").toString("utf8")).to.equal(part);
      }),
    );
  });

  it("leaves no part that could have been a part less", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { parts, alphabet } = messageParts(text);
        const joined = alphabet === "gsm7" ? 153 : 67;
        for (const [at, part] of parts.entries()) {
          const [next] = [...(parts[at + 1] ?? "")];
          if (next !== undefined) expect(units(part + next, alphabet)).to.be.above(joined);
        }
      }),
    );
  });
});

describe("the GSM 7-bit alphabet", () => {
  it("has the bytes of 3GPP TS 23.038", () => {
    expect(gsmBytes("@ A{€é")?.toString("hex")).to.equal("0020411b281b6505");
  });
  it("has 137 characters, each by septets of its own", () => {
    const known = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => gsmSeptets(character) !== null,
    );
    expect(known).to.have.length(137);
    expect(new Set(known.map((character) => gsmSeptets(character)?.join())).size).to.equal(137);
  });
  it("has none of Japanese, and says so", () => {
    expect(gsmBytes("code 認証")).to.equal(null);
  });
});
