import { expect } from "chai";
import { trunkDialled, trunkOf } from "../../src/telephony/trunk-of.js";

describe("the trunk of a call", () => {
  it("stands in what is dialled, and in the endpoint that calls", () => {
    expect(trunkDialled("PJSIP/0312345678@trunk")).to.equal("trunk");
    expect(trunkDialled("PJSIP/+81312345678@second-carrier")).to.equal("second-carrier");
    expect(trunkOf("second-carrier")).to.equal("second-carrier");
  });

  it("is one name for all telephones that are registered here", () => {
    for (const phone of ["1001", "1001-browser"]) {
      expect(trunkDialled(`PJSIP/${phone}`)).to.equal("test-phones");
      expect(trunkOf(phone)).to.equal("test-phones");
    }
  });
});
