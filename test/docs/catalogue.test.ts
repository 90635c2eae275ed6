import { expect } from "chai";
import { Catalogue } from "../../scripts/docs/catalogue.js";

describe("the catalogue of a language", () => {
  const catalogue = (): Catalogue => new Catalogue("ja.yaml", new Map([["a folder", "フォルダー"]]));

  it("is without fault when everything that is said is in it", () => {
    const ja = catalogue();
    expect(ja.say("a folder")).to.equal("フォルダー");
    expect(ja.faults()).to.deep.equal([]);
  });

  it("tells what it lacks, which is said in English meanwhile", () => {
    const ja = catalogue();
    ja.say("a folder");
    expect(ja.say("an address")).to.equal("an address");
    expect(ja.faults()).to.deep.equal(['ja.yaml: lacks "an address"']);
  });

  it("tells what nothing says any more, so that a meaning that was changed is translated anew", () => {
    expect(catalogue().faults()).to.deep.equal(['ja.yaml: nothing says "a folder" any more']);
  });
});
