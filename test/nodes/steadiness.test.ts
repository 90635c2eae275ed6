import { expect } from "chai";
import { Steadiness } from "../../src/nodes/steadiness.js";

describe("whoever may say that another node is silent", () => {
  const WANTED = 6_000;

  it("has gone on for as long as that silence is to be", () => {
    const steadiness = new Steadiness(WANTED);
    const judges: boolean[] = [];
    for (let at = 0; at <= 8_000; at += 1_000) {
      judges.push(steadiness.isSteady(at));
      steadiness.given(at);
    }
    expect(judges).to.deep.equal([false, false, false, false, false, false, true, true, true]);
  });

  it("begins anew after a pause: the database was away, and for the others too", () => {
    const steadiness = new Steadiness(WANTED);
    for (let at = 0; at <= 10_000; at += 1_000) steadiness.given(at);
    expect(steadiness.isSteady(14_000)).to.equal(true);
    expect(steadiness.isSteady(30_000)).to.equal(false);
    steadiness.given(30_000);
    expect(steadiness.isSteady(31_000)).to.equal(false);
    for (let at = 31_000; at <= 35_000; at += 1_000) steadiness.given(at);
    expect(steadiness.isSteady(36_000)).to.equal(true);
  });
});
