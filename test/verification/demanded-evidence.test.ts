import { expect } from "chai";
import { callerIdentity } from "../../src/verification/caller-identity.js";
import { callerProof } from "../../src/verification/caller-proof.js";
import { demandOf, meetsDemand } from "../../src/verification/demanded-evidence.js";

const FROM = "<sip:09012345678@192.0.2.1>";
const PAI = "<tel:+819012345678>";
const OTHER = "<tel:+819087654321;verstat=TN-Validation-Passed>";

const said = (from: string, ...assertedIdentities: string[]): ReturnType<typeof callerIdentity>["evidence"] =>
  callerIdentity({ from, assertedIdentities, privacy: "", trunk: "trunk" }, true).evidence;
const passed = (verdict: string): string => `<tel:+819012345678;verstat=${verdict}>`;

describe("the evidence that a client demands", () => {
  it("none: anything will do", () => {
    expect(meetsDemand("none", said("<sip:unknown@192.0.2.1>"), true)).to.equal(true);
  });

  for (const [what, evidence, meets] of [
    ["P-Asserted-Identity alone", said("<sip:unknown@192.0.2.1>", PAI), true],
    ["From and P-Asserted-Identity", said(FROM, PAI), true],
    ["From alone", said(FROM), false],
    [
      "From alone with a verdict of its own",
      said("<sip:+819012345678;verstat=TN-Validation-Passed@h>"),
      false,
    ],
    ["one that the network found to be wrong", said(FROM, passed("TN-Validation-Failed")), false],
    ["one that the network did not look at", said(FROM, passed("No-TN-Validation")), true],
  ] as const) {
    it(`asserted: ${what} is ${meets ? "enough" : "not enough"}`, () => {
      expect(meetsDemand("asserted", evidence, true)).to.equal(meets);
      expect(callerProof(evidence, true)).to.equal(meets ? "proved" : "unproved");
    });
  }

  it("asserted: nothing is enough while the trunk is not believed", () => {
    for (const evidence of [said(FROM, PAI), said(FROM, passed("TN-Validation-Passed"))]) {
      expect(meetsDemand("asserted", evidence, false)).to.equal(false);
    }
  });

  it("unset: asserted where the number is all that there is, nothing where a code is keyed", () => {
    expect(demandOf(null, "caller_id")).to.equal("asserted");
    expect(demandOf(null, "keypad")).to.equal("none");
    expect(demandOf("none", "caller_id"), "as the administrator said").to.equal("none");
    expect(demandOf("agree", "keypad")).to.equal("agree");
  });

  for (const [what, evidence, meets] of [
    ["both there, the same number", said(FROM, PAI), true],
    ["both there, different numbers", said(FROM, OTHER), false],
    ["From alone", said(FROM), false],
    ["P-Asserted-Identity alone", said("<sip:unknown@192.0.2.1>", PAI), false],
    ["a verdict, but no agreement", said("<sip:unknown@192.0.2.1>", passed("TN-Validation-Passed")), false],
  ] as const) {
    it(`agree: ${what} is ${meets ? "enough" : "not enough"}`, () => {
      expect(meetsDemand("agree", evidence, true)).to.equal(meets);
    });
  }

  for (const [verdict, meets] of [
    ["TN-Validation-Passed", true],
    ["tn-validation-passed-a", true],
    ["TN-Validation-Passed-B", false],
    ["TN-Validation-Passed-C", false],
    ["TN-Validation-Failed", false],
    ["No-TN-Validation", false],
    ["passed", false],
  ] as const) {
    it(`stir_shaken: ${verdict} is ${meets ? "enough" : "not enough"}`, () => {
      expect(meetsDemand("stir_shaken", said(FROM, passed(verdict)), true)).to.equal(meets);
    });
  }

  it("stir_shaken: two that agree and no verdict are not enough", () => {
    expect(meetsDemand("stir_shaken", said(FROM, PAI), true)).to.equal(false);
  });

  it("stir_shaken: a verdict on another number than the one believed is not enough", () => {
    expect(meetsDemand("stir_shaken", said(FROM, OTHER), true)).to.equal(true);
    expect(meetsDemand("stir_shaken", said(FROM, OTHER), false)).to.equal(false);
    expect(meetsDemand("stir_shaken", said(FROM, passed("TN-Validation-Passed")), false)).to.equal(true);
  });

  it("stir_shaken: a verdict that the caller put into From is not enough", () => {
    expect(meetsDemand("stir_shaken", said(passed("TN-Validation-Passed")), true)).to.equal(false);
    expect(meetsDemand("stir_shaken", said(passed("TN-Validation-Passed")), false)).to.equal(false);
  });
});
