import { expect } from "chai";

import { keyFaults } from "./key-faults.js";

describe("what became of keys", () => {
  const of = (pressed: string, heard: string): number[] => {
    const { lost, doubled, wrong } = keyFaults(pressed, heard);
    return [lost, doubled, wrong];
  };

  it("is nothing when each was heard once", () => {
    expect(of("12333*", "12333*")).to.deep.equal([0, 0, 0]);
  });

  it("is loss where one is missing, of equal ones too", () => {
    expect(of("123456", "12456")).to.deep.equal([1, 0, 0]);
    expect(of("110", "10")).to.deep.equal([1, 0, 0]);
    expect(of("123", "")).to.deep.equal([3, 0, 0]);
  });

  it("is doubling where one was heard again, at any place", () => {
    expect(of("123", "1123")).to.deep.equal([0, 1, 0]);
    expect(of("123", "1233")).to.deep.equal([0, 1, 0]);
    expect(of("123", "112233")).to.deep.equal([0, 3, 0]);
  });

  it("is a wrong key where another was heard, or one out of nothing", () => {
    expect(of("123", "193")).to.deep.equal([0, 0, 1]);
    expect(of("", "7")).to.deep.equal([0, 0, 1]);
  });
});
