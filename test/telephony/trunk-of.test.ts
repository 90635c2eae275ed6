import { expect } from "chai";
import { trunkOf } from "../../src/telephony/trunk-of.js";

describe("the trunk of a call", () => {
  it("is the endpoint that calls", () => {
    expect(trunkOf("second-carrier")).to.equal("second-carrier");
  });

  it("is one name for all telephones that are registered here", () => {
    for (const phone of ["1001", "1001-browser"]) expect(trunkOf(phone)).to.equal("test-phones");
  });
});
