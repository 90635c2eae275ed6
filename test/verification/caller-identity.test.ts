import { expect } from "chai";
import fc from "fast-check";
import {
  type CallerHeaders,
  callerIdentity,
  type CallerIdentity,
} from "../../src/verification/caller-identity.js";
import { callerProof } from "../../src/verification/caller-proof.js";

const NUMBER = "+819012345678";
const OTHER = "+819087654321";

function who(
  from: string,
  { pai = [], privacy = "", trust = true }: { pai?: string[]; privacy?: string; trust?: boolean } = {},
): CallerIdentity {
  return callerIdentity({ from, assertedIdentities: pai, privacy, trunk: "trunk" }, trust);
}

function numberOf(identity: CallerIdentity): string | null {
  expect(identity.withheld).to.equal(false);
  return identity.withheld ? null : identity.number;
}

describe("who calls", () => {
  describe("finds the number", () => {
    for (const from of [
      "<sip:09012345678@192.0.2.1>",
      "<sip:09012345678@192.0.2.1>;tag=1c2d",
      "<sip:+819012345678@192.0.2.1;user=phone>",
      "sip:09012345678@192.0.2.1",
      "sip:09012345678@192.0.2.1;tag=1c2d",
      "<sips:819012345678@carrier.example:5061>",
      "<tel:+81-90-1234-5678>",
      "<tel:090-1234-5678;phone-context=+81>",
      "<tel:9012345678;phone-context=+81>",
      "<TEL:+819012345678>",
      "<sip:09012345678;npdi;rn=+81312340000@192.0.2.1;user=phone>",
      "<sip:+819012345678;npdi@192.0.2.1>",
      "<sip:%2B819012345678@192.0.2.1>",
      "<sip:09012345678:secret@192.0.2.1>",
      "<sip:09012345678@[2001:db8::1]:5060>",
      "<sip:09012345678@test-phone.invalid>",
      '"090-1234-5678" <sip:09012345678@192.0.2.1>',
      '"山田 太郎" <sip:09012345678@192.0.2.1>',
      "山田太郎 <sip:09012345678@192.0.2.1>",
      '"Anonymous" <sip:09012345678@192.0.2.1>',
      '"a \\" quote, <sip:08011112222@evil.example>" <sip:09012345678@192.0.2.1>',
      '"ends in a backslash \\\\" <sip:09012345678@192.0.2.1>',
      `"${"長".repeat(5000)}" <sip:09012345678@192.0.2.1>`,
    ]) {
      it(`in ${from.slice(0, 80)}`, () => {
        expect(numberOf(who(from))).to.equal(NUMBER);
      });
    }
  });

  describe("finds none", () => {
    for (const from of [
      "",
      "<sip:192.0.2.1>",
      "<sip:alice@192.0.2.1>",
      "<sip:1001@192.0.2.1>",
      "<sip:18409012345678@192.0.2.1>",
      "<sip:unavailable@192.0.2.1>",
      "<sip:09012345678@evil@192.0.2.1>",
      "<http://09012345678@192.0.2.1>",
      "<sip:０９０１２３４５６７８@192.0.2.1>",
      "<sip:09012345678%ZZ@192.0.2.1>",
      '"never closed <sip:09012345678@192.0.2.1>',
      "<sip:09012345678@192.0.2.1",
      "09012345678",
    ]) {
      it(`in ${JSON.stringify(from)}`, () => {
        expect(numberOf(who(from))).to.equal(null);
      });
    }
  });

  describe("takes the number for withheld", () => {
    for (const [what, from, options] of [
      ["From anonymous@anonymous.invalid", '"Anonymous" <sip:anonymous@anonymous.invalid>', {}],
      ["a From of another host", "<sip:Anonymous@192.0.2.1>", {}],
      ["any user at anonymous.invalid", "<sip:09012345678@anonymous.invalid>", {}],
      ["Privacy: id", `<sip:09012345678@192.0.2.1>`, { privacy: "id" }],
      ["Privacy: user", `<sip:09012345678@192.0.2.1>`, { privacy: "user" }],
      ["Privacy: header;session", `<sip:09012345678@192.0.2.1>`, { privacy: "header;session" }],
      ["Privacy: ID; critical", `<sip:09012345678@192.0.2.1>`, { privacy: "ID; critical" }],
      [
        "an anonymous From though the network tells the number",
        "<sip:anonymous@anonymous.invalid>",
        { pai: [`<tel:${NUMBER}>`] },
      ],
      [
        "Privacy: id though the network tells the number",
        `<sip:09012345678@192.0.2.1>`,
        { pai: [`<sip:${NUMBER}@192.0.2.1>`], privacy: "id;critical" },
      ],
      ["an anonymous asserted identity", "<sip:09012345678@h>", { pai: ["<sip:anonymous@h>"] }],
    ] as const satisfies readonly (readonly [string, string, Parameters<typeof who>[1] | object])[]) {
      it(`by ${what}, and keeps no digit of it`, () => {
        const identity = who(from, options);
        expect(identity.withheld).to.equal(true);
        expect(identity).to.not.have.property("number");
        expect(JSON.stringify(identity)).to.not.match(/\d{2}/);
      });
    }

    for (const privacy of ["none", "session", "history", "critical", ""]) {
      it(`but not by Privacy: ${privacy}`, () => {
        expect(numberOf(who("<sip:09012345678@192.0.2.1>", { privacy }))).to.equal(NUMBER);
      });
    }
  });

  describe("with P-Asserted-Identity", () => {
    const from = "<sip:08011112222@192.0.2.1>";

    it("believes it before From, and records that they disagree", () => {
      const identity = who(from, { pai: [`<sip:${NUMBER}@192.0.2.1>`] });
      expect(numberOf(identity)).to.equal(NUMBER);
      expect(identity.evidence).to.deep.equal({
        from: "sip:08011112222@192.0.2.1",
        p_asserted_identity: `sip:${NUMBER}@192.0.2.1`,
        agree: false,
        privacy: null,
        trunk: "trunk",
        stir_shaken: null,
        withheld_reason: null,
      });
    });

    it("believes From where the trunk is not trusted, and still records what the trunk said", () => {
      const identity = who(from, { pai: [`<tel:${NUMBER}>`], trust: false });
      expect(numberOf(identity)).to.equal("+818011112222");
      expect(identity.evidence).to.include({ p_asserted_identity: `tel:${NUMBER}`, agree: false });
    });

    it("records that both agree, however they spell the number", () => {
      const identity = who("<sip:09012345678@h>", { pai: [`<tel:${NUMBER}>`] });
      expect(identity.evidence.agree).to.equal(true);
    });

    it("reads sip: and tel: in one header or in two", () => {
      expect(numberOf(who("", { pai: [`"a, b" <sip:${NUMBER}@h>, <tel:${NUMBER}>`] }))).to.equal(NUMBER);
      expect(numberOf(who("", { pai: [`<sip:trunk@h>`, `<tel:${NUMBER}>`] }))).to.equal(NUMBER);
    });

    it("believes neither of two different numbers", () => {
      expect(numberOf(who(from, { pai: [`<tel:${NUMBER}>`, `<tel:${OTHER}>`] }))).to.equal(null);
    });

    it("does not fall back on From where the network vouches for something that is no number", () => {
      expect(numberOf(who(from, { pai: ["<sip:1001@pbx.example>"] }))).to.equal(null);
    });

    it("records the STIR/SHAKEN verdict on its number, and none that the caller put into From", () => {
      const verdict = "TN-Validation-Passed";
      expect(who(from, { pai: [`<tel:${NUMBER};verstat=${verdict}>`] }).evidence.stir_shaken).to.equal(
        verdict,
      );
      expect(
        who(`<sip:08011112222@h;verstat=${verdict}>`, { pai: [`<tel:${NUMBER}>`] }).evidence.stir_shaken,
      ).to.equal(null);
      expect(who(`<sip:${NUMBER};verstat=${verdict}@h>`).evidence.stir_shaken).to.equal(null);
    });

    it("lets no second verdict undo that the network found the number to be wrong", () => {
      const failed = "TN-Validation-Failed-C";
      for (const pai of [
        [`<tel:${NUMBER};verstat=TN-Validation-Passed>`, `<sip:${NUMBER};verstat=${failed}@h>`],
        [`<tel:${NUMBER};verstat=${failed}>`, `<sip:${NUMBER};verstat=No-TN-Validation@h>`],
        [`<tel:${NUMBER};verstat=TN-Validation-Passed;verstat=${failed}>`],
        [`<sip:${NUMBER};verstat=${failed}@h;verstat=TN-Validation-Passed>`],
      ]) {
        const { evidence } = who(from, { pai });
        expect(evidence.stir_shaken, pai.join()).to.equal(failed);
        expect(callerProof(evidence, true), pai.join()).to.equal("unproved");
      }
    });

    it("records no verdict where the trunk is not believed, nor two verdicts, nor one of a trunk that names nobody", () => {
      const passed = `<tel:${NUMBER};verstat=TN-Validation-Passed>`;
      for (const [pai, trust] of [
        [[passed], false],
        [[passed, `<sip:${NUMBER};verstat=No-TN-Validation@h>`], true],
        [[`<tel:${NUMBER};verstat=TN-Validation-Passed;verstat=No-TN-Validation>`], true],
        [[`<tel:${NUMBER};verstat=TN-Validation-Passed;verstat=2>`], true],
        [["<sip:gateway;verstat=TN-Validation-Passed@h>"], true],
      ] as const) {
        expect(who(from, { pai: [...pai], trust }).evidence.stir_shaken).to.equal(null);
      }
    });
  });

  describe("takes for unknown what is there and cannot be read", () => {
    const good = `<sip:${NUMBER}@h>`;

    for (const pai of [
      ["<urn:service:sos>"],
      ['"never closed <sip:09012345678@h>'],
      [good, "<sip:09012345678@h"],
      [`${good}, ,${good}`],
      [good, good, good],
      [`${good}, ${good}, <tel:${OTHER}>`],
    ]) {
      it(`P-Asserted-Identity ${JSON.stringify(pai).slice(0, 90)}`, () => {
        for (const trust of [true, false]) {
          const identity = who(good, { pai, trust });
          expect(numberOf(identity)).to.equal(null);
          expect(identity.evidence).to.include({ p_asserted_identity: "unreadable", agree: null });
        }
      });
    }

    it("a From, though the trunk vouches for a number: it may ask for privacy", () => {
      const identity = who('"never closed <sip:anonymous@anonymous.invalid>', { pai: [good] });
      expect(numberOf(identity)).to.equal(null);
      expect(identity.evidence).to.include({ from: "unreadable", p_asserted_identity: null });
    });

    it("what has not reached us whole", () => {
      const said = { from: good, assertedIdentities: [good], privacy: "", trunk: "trunk" };
      expect(numberOf(callerIdentity({ ...said, unread: ["p_asserted_identity"] }, true))).to.equal(null);
      expect(numberOf(callerIdentity({ ...said, unread: ["from"] }, true))).to.equal(null);
      const identity = callerIdentity({ ...said, unread: ["privacy"] }, true);
      expect(identity).to.include({ withheld: true, reason: "caller" });
      expect(identity.evidence).to.include({ privacy: "unreadable", from: null, p_asserted_identity: null });
    });

    for (const privacy of ["full", "none, full", "id\u0000", "none,,"]) {
      it(`Privacy: ${JSON.stringify(privacy)}, as withheld`, () => {
        expect(who(good, { privacy })).to.include({ withheld: true, reason: "caller" });
      });
    }

    it("Privacy: none beside Privacy: id is withheld", () => {
      expect(who(good, { privacy: "none,id" })).to.include({ withheld: true, reason: "caller" });
    });
  });

  describe("tells why no number is told", () => {
    const anonymous = "<sip:anonymous@anonymous.invalid>";
    for (const [from, reason] of [
      [anonymous, "caller"],
      [`"Anonymous" ${anonymous}`, "caller"],
      [`Anonymous ${anonymous}`, "caller"],
      [`"whatever" ${anonymous}`, "caller"],
      [`"Coin line/payphone" ${anonymous}`, "payphone"],
      [`"COIN  LINE/PAYPHONE" ${anonymous}`, "payphone"],
      [`"Unavailable" ${anonymous}`, "unavailable"],
      [`"Interaction with other service" ${anonymous}`, "other_service"],
      ["<sip:unavailable@unknown.invalid>", "unavailable"],
      ['"Coin line/payphone" <sip:gateway@h>', "payphone"],
    ] as const) {
      it(`${from}: ${reason}`, () => {
        const identity = who(from);
        expect(identity).to.include({ withheld: true, reason });
        expect(identity.evidence).to.include({ withheld_reason: reason });
      });
    }

    it("the caller's wish by Privacy alone, and the reason that From gives beside it", () => {
      expect(who("<sip:09012345678@h>", { privacy: "id" })).to.include({ reason: "caller" });
      expect(who(`"Unavailable" ${anonymous}`, { privacy: "id" })).to.include({ reason: "unavailable" });
    });

    it("none where a number is told: a name is only a name", () => {
      for (const name of ["Coin line/payphone", "Unavailable"]) {
        expect(numberOf(who(`"${name}" <sip:09012345678@h>`))).to.equal(NUMBER);
        expect(
          numberOf(who(`"${name}" <sip:unavailable@unknown.invalid>`, { pai: [`<tel:${NUMBER}>`] })),
        ).to.equal(NUMBER);
      }
    });
  });

  it("never throws, whatever the headers say, and finds valid numbers only", () => {
    const pieces = fc.constantFrom(
      ...[
        "<",
        ">",
        '"',
        "\\",
        "@",
        ";",
        ":",
        ",",
        "%",
        "%2B",
        "sip:",
        "tel:",
        "=",
        "+81",
        "090",
        "anonymous",
      ],
      ...["phone-context", "verstat", "?", " ", "\u0000", "日本", "\ud800", "1234", ".invalid"],
    );
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 40 }).map((p) => p.join("")),
    );
    const headers: fc.Arbitrary<CallerHeaders> = fc.record({
      from: value,
      assertedIdentities: fc.array(value, { maxLength: 2 }),
      privacy: value,
      trunk: fc.constant("trunk"),
    });
    fc.assert(
      fc.property(headers, fc.boolean(), (said, trust) => {
        const identity = callerIdentity(said, trust);
        if (identity.withheld) expect(JSON.stringify(identity)).to.not.match(/\d/);
        else if (identity.number !== null) expect(identity.number).to.match(/^\+[1-9]\d{6,14}$/);
      }),
      { numRuns: 2000 },
    );
  });
});
