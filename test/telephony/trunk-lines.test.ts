import { expect } from "chai";
import { TrunkLines } from "../../src/telephony/trunk-lines.js";
import type { TrunkRoute } from "../../src/telephony/way.js";
import { parsePhoneNumber, type E164 } from "../../src/verification/phone-number.js";
import { trunkWith } from "../trunks/trunk-with.js";

const NOW = 1_000_000;

function number(text: string): E164 {
  const parsed = parsePhoneNumber(text);
  if (!parsed.ok) throw new Error("not a number");
  return parsed.number.e164;
}
const MOBILE = number("09012345678");

function linesOf(
  trunks: readonly Partial<TrunkRoute>[],
  { random = 0, refused = "" }: { random?: number | (() => number); refused?: string } = {},
): TrunkLines {
  return new TrunkLines({
    table: { trunks: trunks.map((trunk) => trunkWith({ maxCps: 1000, ...trunk })), testPhones: new Map() },
    testPhones: { maxCalls: 1, maxCallsPerSecond: 1 },
    isRefused: (name) => name === refused,
    log: { info: () => undefined, warn: () => undefined },
    random: typeof random === "number" ? () => random : random,
  });
}
const nameOf = (lines: TrunkLines, to = MOBILE, now = NOW): string | undefined =>
  lines.take(to, now)?.trunk?.name;

describe("the trunk that a call leaves by", () => {
  it("is the one of the least order that has a line free", () => {
    const lines = linesOf([
      { name: "b", order: 2 },
      { name: "a", order: 1, maxCalls: 1 },
    ]);
    expect([nameOf(lines), nameOf(lines)]).to.deep.equal(["a", "b"]);
  });

  it("is drawn by weight among those of one order", () => {
    let drawn = 0;
    const lines = linesOf(
      [
        { name: "heavy", weight: 3, maxCalls: 100 },
        { name: "light", weight: 1, maxCalls: 100 },
      ],
      { random: () => (drawn++ % 40) / 40 },
    );
    const names = Array.from({ length: 40 }, (_, i) => nameOf(lines, MOBILE, NOW + i * 1000));
    expect(names.filter((name) => name === "heavy")).to.have.length(30);
  });

  it("carries the number's prefix", () => {
    const lines = linesOf([
      { name: "mobile", prefixes: ["+8190", "+8180"] },
      { name: "rest", order: 2 },
    ]);
    expect(nameOf(lines)).to.equal("mobile");
    expect(nameOf(lines, number("0312345678"))).to.equal("rest");
  });

  it("is none where no trunk carries the number, and none waits for it", () => {
    const lines = linesOf([{ name: "mobile", prefixes: ["+8190"] }]);
    const fixed = number("0312345678");
    expect([lines.readyIn(fixed, NOW), lines.take(fixed, NOW)]).to.deep.equal([0, null]);
  });

  it("waits for the end of a call where all lines are in use, and for the pace of its trunk", () => {
    const full = linesOf([{ name: "a", maxCalls: 1 }]);
    full.take(MOBILE, NOW);
    expect(full.readyIn(MOBILE, NOW)).to.equal(Infinity);
    const paced = linesOf([{ name: "a", maxCps: 2 }]);
    paced.take(MOBILE, NOW);
    expect(paced.readyIn(MOBILE, NOW)).to.equal(550);
  });

  it("rests after failures, longer each time, and the others are taken meanwhile", () => {
    const lines = linesOf([{ name: "a" }, { name: "b", order: 2 }], { random: 0.5 });
    const fail = (now: number): void => {
      const taken = lines.take(MOBILE, now);
      expect(taken?.trunk?.name).to.equal("a");
      if (taken !== null) lines.ended(taken, "failed", now);
    };
    fail(NOW);
    expect(nameOf(lines, MOBILE, NOW + 3_000)).to.equal("b");
    fail(NOW + 4_000);
    expect(nameOf(lines, MOBILE, NOW + 4_000 + 7_000)).to.equal("b");
    const again = lines.take(MOBILE, NOW + 12_000);
    expect(again?.trunk?.name).to.equal("a");
    expect(nameOf(lines, MOBILE, NOW + 12_001), "one call at a time tries it").to.equal("b");
    if (again !== null) lines.ended(again, "carried", NOW + 12_500);
    expect(nameOf(lines, MOBILE, NOW + 12_501)).to.equal("a");
  });

  it("is the one whose rest ends first where all rest: a call is not given up for that", () => {
    const lines = linesOf([{ name: "a" }, { name: "b" }]);
    for (const now of [NOW, NOW + 100]) {
      const taken = lines.take(MOBILE, now);
      if (taken !== null) lines.ended(taken, "failed", now);
    }
    expect(nameOf(lines, MOBILE, NOW + 200)).to.equal("a");
  });

  it("is not one that refuses our registration, where there is another", () => {
    expect(nameOf(linesOf([{ name: "a" }, { name: "b", order: 2 }], { refused: "a" }))).to.equal("b");
    expect(nameOf(linesOf([{ name: "a" }], { refused: "a" }))).to.equal("a");
  });

  it("is each only once for one call", () => {
    const lines = linesOf([{ name: "a" }, { name: "b" }]);
    expect(lines.take(MOBILE, NOW, ["a"])?.trunk?.name).to.equal("b");
    expect(lines.take(MOBILE, NOW, ["a", "b"])).to.equal(null);
    expect(lines.hasAnother(MOBILE, NOW, ["a", "b"])).to.equal(false);
  });
});
