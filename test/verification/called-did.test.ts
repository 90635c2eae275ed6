import { expect } from "chai";
import { calledDid, type CalledHeaders, USUAL_DID_SOURCES } from "../../src/verification/called-did.js";

const MAIN = "+81312345678";
const OTHER = "+81698765432";
const DIDS = [MAIN, OTHER, "+81120123456", "+442071838750", "1001"];

function called(said: Partial<CalledHeaders>, order = USUAL_DID_SOURCES): string | null {
  const nothing = { "p-called-party-id": "", "request-uri": "", to: "", "alert-info": "" };
  return calledDid({ ...nothing, ...said }, order, DIDS);
}

describe("the DID that was called", () => {
  for (const to of [
    "<sip:0312345678@192.0.2.1>",
    "<sip:+81312345678@carrier.example;user=phone>",
    "<sip:81312345678@carrier.example:5060>",
    "sip:0312345678@192.0.2.1",
    '"to <sip:0698765432@h>" <sip:0312345678@192.0.2.1>',
    "<tel:+81-3-1234-5678>",
    "<tel:0312345678;phone-context=+81>",
    "<tel:312345678;phone-context=+81>",
    "<tel:12345678;phone-context=+813>",
    "<tel:0312345678;phone-context=carrier.example>",
    "<sip:0312345678;phone-context=+81@carrier.example;user=phone>",
    "<sip:%2B81312345678@carrier.example>",
  ]) {
    it(`stands in To: ${to}`, () => {
      expect(called({ to })).to.equal(MAIN);
    });
  }

  it("may be toll-free, foreign or an extension, however the trunk spells it", () => {
    expect(called({ to: "<sip:81120123456@h>" })).to.equal("+81120123456");
    expect(called({ to: "<sip:442071838750@h>" })).to.equal("+442071838750");
    expect(called({ to: "<sip:1001@h>" })).to.equal("1001");
  });

  it("is what To says where the Request-URI has the registered user", () => {
    for (const user of ["line-1", "7", "honnin-4f6a", "0312345678"]) {
      expect(called({ "request-uri": `sip:${user}@127.0.0.1:5060`, to: "<sip:0698765432@h>" })).to.equal(
        OTHER,
      );
    }
  });

  it("is what the Request-URI says where To names none of ours: the call was led here, or To is garbage", () => {
    for (const to of [
      "",
      "<sip:0459876543@h>",
      "<sip:192.0.2.1>",
      "<sip:honnin@h>",
      '"never closed',
      "<urn:x:y>",
    ]) {
      expect(called({ "request-uri": "sip:0312345678@127.0.0.1:5060;transport=udp", to })).to.equal(MAIN);
    }
  });

  it("is the network's own word before all others", () => {
    const said = { "request-uri": "sip:0312345678@h", to: "<sip:0312345678@h>" };
    expect(called({ ...said, "p-called-party-id": "<sip:0698765432@h>" })).to.equal(OTHER);
    expect(called({ ...said, "p-called-party-id": "<sip:unknown@h>" })).to.equal(MAIN);
  });

  it("is read where the administrator says, and nowhere else", () => {
    const said = { "request-uri": "sip:0312345678@h", to: "<sip:0698765432@h>" };
    expect(called(said, ["request-uri"])).to.equal(MAIN);
    expect(called(said, ["request-uri", "to"])).to.equal(MAIN);
    expect(called(said, ["p-called-party-id"])).to.equal(null);
    expect(called({ "alert-info": "0698765432" })).to.equal(null);
    for (const value of ["0698765432", "06-9876-5432", "<sip:0698765432@h>;info=x", "<tel:+81698765432>"]) {
      expect(called({ ...said, "alert-info": value }, ["alert-info", "to"])).to.equal(OTHER);
    }
  });

  it("is nobody's guess: none of ours, or two of ours in one place", () => {
    expect(called({})).to.equal(null);
    expect(called({ "request-uri": "sip:honnin@h", to: "<sip:0459876543@h>" })).to.equal(null);
    const two = "<sip:0312345678@h>, <sip:0698765432@h>";
    expect(called({ "p-called-party-id": two, to: "<sip:0312345678@h>" })).to.equal(null);
    expect(called({ to: "<sip:0312345678@h>, <tel:+81312345678>" })).to.equal(MAIN);
  });
});
