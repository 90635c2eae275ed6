import { expect } from "chai";
import { parseMonth } from "../../src/usage/month.js";
import { projectCounts, sharePassed } from "../../src/usage/projection.js";

const NOVEMBER = parseMonth("2026-11")!;

describe("the projection of a month", () => {
  for (const [time, share] of [
    ["2026-11-01T23:59:59+09:00", null],
    ["2026-11-02T00:00:00+09:00", 1 / 30],
    ["2026-11-16T00:00:00+09:00", 0.5],
    ["2026-12-01T00:00:00+09:00", null],
    ["2026-10-31T23:59:59+09:00", null],
  ] as const) {
    it(`is made of the share that has passed at ${time}: ${share ?? "none"}`, () => {
      expect(sharePassed(NOVEMBER, Date.parse(time))).to.equal(share);
    });
  }

  it("keeps what was included and charged, and gives what is still free to all kinds of lines alike", () => {
    const counts = {
      inboundRequests: 7,
      messageParts: 0,
      outboundCalls: [
        { lineType: "fixed", included: true, calls: 30, seconds: 1 },
        { lineType: "mobile", included: true, calls: 50, seconds: 1 },
      ],
    } as const;
    const { inboundRequests, outboundCalls } = projectCounts(counts, 0.5, 100);
    expect(inboundRequests).to.equal(14);
    expect(outboundCalls.map(({ lineType, included, calls }) => [lineType, included, calls])).to.deep.equal([
      ["fixed", true, 38],
      ["fixed", false, 22],
      ["mobile", true, 63],
      ["mobile", false, 37],
    ]);
  });

  it("charges all that comes where the included calls are used up", () => {
    const counts = {
      inboundRequests: 0,
      messageParts: 0,
      outboundCalls: [
        { lineType: "mobile", included: true, calls: 100, seconds: 1 },
        { lineType: "mobile", included: false, calls: 20, seconds: 1 },
      ],
    } as const;
    const { outboundCalls } = projectCounts(counts, 0.5, 100);
    expect(outboundCalls.map(({ included, calls }) => [included, calls])).to.deep.equal([
      [true, 100],
      [false, 140],
    ]);
  });

  it("is nothing where nothing was used", () => {
    expect(projectCounts({ inboundRequests: 0, messageParts: 0, outboundCalls: [] }, 0.1, 100)).to.deep.equal(
      {
        ...{ inboundRequests: 0, messageParts: 0, outboundCalls: [] },
      },
    );
  });
});
