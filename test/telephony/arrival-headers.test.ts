import { expect } from "chai";
import { calledHeaders, callerHeaders } from "../../src/telephony/arrival-headers.js";

const FROM = "<sip:09012345678@192.0.2.1>";
const PAI = "<sip:+819012345678@carrier.example>";

describe("what the dialplan has kept of a call", () => {
  it("is whole when as many fields were there as were read", () => {
    const said = {
      HONNIN_FROM: FROM,
      HONNIN_PAI: PAI,
      HONNIN_PAI_2: PAI,
      HONNIN_PRIVACY: "none",
      HONNIN_FIELDS: "1,2,1",
    };
    expect(callerHeaders(said, "trunk")).to.deep.equal({
      from: FROM,
      assertedIdentities: [PAI, PAI],
      privacy: "none",
      unread: [],
      trunk: "trunk",
    });
  });

  it("is whole where the dialplan has written it itself, as for a test telephone", () => {
    expect(
      callerHeaders({ HONNIN_FROM: FROM, HONNIN_PAI: PAI, HONNIN_FIELDS: "0,0,0" }, "1001").unread,
    ).to.deep.equal([]);
  });

  it("lacks what was too long to be read, and what is more than is read", () => {
    const said = {
      HONNIN_FROM: FROM,
      HONNIN_PAI: "",
      HONNIN_PAI_2: PAI,
      HONNIN_PRIVACY: "none",
      HONNIN_PRIVACY_2: "none",
    };
    expect(callerHeaders({ ...said, HONNIN_FIELDS: "1,2,3" }, "trunk").unread).to.deep.equal([
      "p_asserted_identity",
      "privacy",
    ]);
    expect(callerHeaders({ ...said, HONNIN_FIELDS: "2,1,2" }, "trunk").unread).to.deep.equal(["from"]);
  });

  it("may lack its end when it is nearly as long as Asterisk keeps it", () => {
    const long = `"${"長".repeat(700)}" ${PAI}`;
    expect(
      callerHeaders({ HONNIN_FROM: FROM, HONNIN_PAI: long, HONNIN_FIELDS: "1,1,0" }, "trunk").unread,
    ).to.deep.equal(["p_asserted_identity"]);
  });

  it("is not known to be whole where an older dialplan counts nothing", () => {
    for (const counted of [{}, { HONNIN_FIELDS: "" }, { HONNIN_FIELDS: ",," }, { HONNIN_FIELDS: "1,-1,x" }]) {
      const { unread } = callerHeaders({ HONNIN_FROM: FROM, ...counted }, "trunk");
      expect(unread).to.include("p_asserted_identity").and.include("privacy");
    }
  });

  it("tells where the called number may stand", () => {
    expect(calledHeaders({ HONNIN_REQUEST_URI: "sip:7@h", HONNIN_TO: "<sip:0312345678@h>" })).to.deep.equal({
      "p-called-party-id": "",
      "request-uri": "sip:7@h",
      to: "<sip:0312345678@h>",
      "alert-info": "",
    });
  });
});
